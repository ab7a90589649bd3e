import { postgresIsMissing } from '../../measure/postgres.ts'
import { redisIsMissing } from '../../measure/redis.ts'
import type { World } from '../../target.ts'
import { createPostgres, createSqlite, type Storage } from './storage.ts'

/** The parts of a Parlance, and the node of each member. */
export interface Layout {
  /** Undefined when it can run here. */
  missing(): string | undefined
  createStorage(): Promise<Storage>
  /** Several have a Redis between them. */
  readonly nodes: number
  /** The node that a member connects to, counted from 0. */
  nodeOf(member: number, world: World): number
}

export const onSqlite: Layout = {
  missing: () => undefined,
  createStorage: createSqlite,
  nodes: 1,
  nodeOf: () => 0,
}

export const onPostgres: Layout = {
  ...onSqlite,
  missing: postgresIsMissing,
  createStorage: createPostgres,
}

/** Half the members at each, and half of those who speak. */
export const onTwoNodes: Layout = {
  ...onPostgres,
  missing: () => postgresIsMissing() ?? redisIsMissing(),
  nodes: 2,
  nodeOf: (member) => member % 2,
}

/** Senders are at one node, listeners at the other: every message crosses. */
export const speakersApart: Layout = {
  ...onTwoNodes,
  nodeOf: (member, { speakers = 0 }) => (member < speakers ? 0 : 1),
}
