import { type WebSocket, WebSocketServer } from 'ws'

// The server that many start with: each message goes to all who are connected to the room's path; none is stored.
const rooms = new Map<string, Set<WebSocket>>()

const server = new WebSocketServer({
  port: Number(process.env.PORT),
  host: '127.0.0.1',
  perMessageDeflate: false,
})

server.on('connection', (ws, { url = '/' }) => {
  const room = rooms.get(url) ?? new Set()
  rooms.set(url, room.add(ws))
  ws.on('message', (data) => {
    const { room_id, content } = JSON.parse(data.toString())
    const text = JSON.stringify({ type: 'message', room_id, content, sent_at: Date.now() })
    for (const member of room) member.send(text)
  })
  ws.on('close', () => room.delete(ws))
  // A client must not talk before it is listened to.
  ws.send('{"type":"welcome"}')
})
