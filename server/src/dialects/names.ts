export const DIALECT_NAMES = ['rooms', 'chatapp', 'groups', 'messenger', 'channels'] as const
export type DialectName = (typeof DIALECT_NAMES)[number]
