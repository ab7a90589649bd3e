export const DIALECT_NAMES = ['rooms', 'chatapp', 'groups', 'messenger', 'channels', 'native'] as const
export type DialectName = (typeof DIALECT_NAMES)[number]
