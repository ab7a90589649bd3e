/**
 * Whether Escape was pressed for the part that handles it: neither for something before it that took the key, nor for a
 * dialog or menu inside it, which the browser closes unless somebody takes the key.
 */
export const isOwnEscape = (event: KeyboardEvent): boolean =>
  event.key === 'Escape' &&
  !event.defaultPrevented &&
  !(event.target instanceof Element && event.target.closest('dialog, [popover]'))
