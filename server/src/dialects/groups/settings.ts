export interface GroupsSettings {
  /** Whether names without a password may be made and used. */
  readonly guestsAllowed: boolean
}
