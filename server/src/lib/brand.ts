declare const brand: unique symbol

/** A primitive that carries a meaning the compiler tells apart: `Brand<number, 'AccountId'>`. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }
