import type { Problem } from '../protocol.ts'

/** A refusal of the fake server. */
export class FakeRefusal extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.code)
    this.problem = problem
  }
}

const STATUSES: Readonly<Record<string, number>> = {
  ...{ not_authorized: 401, not_the_owner: 403, upload_elsewhere: 409, quota_exceeded: 413, busy: 503 },
}

/** Throws that refusal. */
export function refuse(code: string): never {
  throw new FakeRefusal(problemOf(code))
}

export const problemOf = (code: string): Problem => ({
  type: `/docs/errors/${code}`,
  title: code,
  status: STATUSES[code] ?? 404,
  detail: code,
  code,
  retryable: code === 'busy' || code === 'upload_elsewhere',
  instance: 'fake',
})
