export interface ClientEventHook {
  readonly name: 'client_event'
  readonly channel: string
  readonly event: string
  readonly data: string
  readonly socket_id: string
  readonly user_id?: string
}

/** A webhook's event, as it is posted. */
export type WebhookEvent =
  | { readonly name: 'channel_occupied' | 'channel_vacated' | 'cache_miss'; readonly channel: string }
  | { readonly name: 'member_added' | 'member_removed'; readonly channel: string; readonly user_id: string }
  | { readonly name: 'subscription_count'; readonly channel: string; readonly subscription_count: number }
  | ClientEventHook
