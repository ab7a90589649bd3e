import assert from 'node:assert/strict'
import type { Batch, Frame, Sink } from '../../src/delivery/index.ts'

/** Remembers what it was given; reads it at the end of the turn, as a socket's sink does. */
export class Remembering implements Sink {
  isClosed = false
  readonly batches: Batch[] = []
  push(batch: Batch): void {
    this.batches.push(batch)
  }
  send(frame: Frame): void {
    assert.fail(`nobody sends directly here: ${frame.bytes}`)
  }
  text(): string {
    return this.batches.map((batch) => batch.bytes().toString()).join('')
  }
}
