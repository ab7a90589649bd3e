/** An operation's method and path, which knows the operation's name: its types follow from that. */
export type Route<Id> = string & { readonly operation?: Id }
