/** A request to the HTTP API that is refused. Pusher explains itself in plain text. */
export class ApiError extends Error {
  readonly status: 400 | 401 | 413 | 503

  constructor(status: 400 | 401 | 413 | 503, message: string) {
    super(message)
    this.status = status
  }
}
