import { DatabaseSync } from 'node:sqlite'
import { Server } from 'socket.io'

// The server that people write: a room for a conversation, and each message stored with a commit of its own.
const { PORT, DATABASE = '' } = process.env

const db = new DatabaseSync(DATABASE)
db.exec(`
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY, room TEXT NOT NULL, sender TEXT NOT NULL, body TEXT NOT NULL, sent_at INTEGER NOT NULL
  );
  CREATE INDEX IF NOT EXISTS messages_room ON messages (room, id);
`)
const insert = db.prepare('INSERT INTO messages (room, sender, body, sent_at) VALUES (?, ?, ?, ?)')
const newest = db.prepare('SELECT * FROM messages WHERE room = ? AND id < ? ORDER BY id DESC LIMIT 100')

const io = new Server(Number(PORT), { perMessageDeflate: false })

io.on('connection', (socket) => {
  socket.on('join', (room: string) => {
    socket.join(room)
    socket.emit('joined', room)
  })
  socket.on('send', ({ room, body }: { room: string; body: string }) => {
    const sentAt = Date.now()
    const { lastInsertRowid } = insert.run(room, socket.id, body, sentAt)
    io.to(room).emit('message', { id: Number(lastInsertRowid), room, sender: socket.id, body, sentAt })
  })
  socket.on('history', ({ room, before }: { room: string; before: number }) => {
    socket.emit('history', newest.all(room, before))
  })
})
