import type { ComponentChildren } from 'preact'

const icon = (children: ComponentChildren) => () => (
  <svg
    class="icon"
    viewBox="0 0 20 20"
    width="20"
    height="20"
    aria-hidden="true"
    fill="none"
    stroke="currentColor"
    stroke-width="1.6"
    stroke-linecap="round"
    stroke-linejoin="round"
  >
    {children}
  </svg>
)

export const PlusIcon = icon(<path d="M10 4v12M4 10h12" />)
export const BackIcon = icon(<path d="M12.500 4 6.500 10l6 6" />)
export const CloseIcon = icon(<path d="m5 5 10 10M15 5 5 15" />)
export const GearIcon = icon(
  <>
    <circle cx="10" cy="10" r="2.600" />
    <path d="M10 2.800v2M10 15.200v2M2.800 10h2M15.200 10h2M4.900 4.900l1.400 1.400M13.700 13.700l1.400 1.400M4.900 15.100l1.400-1.400M13.700 6.300l1.400-1.400" />
  </>,
)
export const InfoIcon = icon(
  <>
    <circle cx="10" cy="10" r="7" />
    <path d="M10 9.200v4M10 6.600v.1" />
  </>,
)
export const SmileIcon = icon(
  <>
    <circle cx="10" cy="10" r="7" />
    <path d="M7.200 12c.7 1 1.700 1.500 2.800 1.500s2.100-.5 2.800-1.500M7.600 8v.1M12.400 8v.1" />
  </>,
)
export const ReplyIcon = icon(<path d="M8 5 3.500 9.500 8 14M4 9.500h7a5 5 0 0 1 5 5v1" />)
export const MoreIcon = icon(<path d="M4.500 10v.01M10 10v.01M15.500 10v.01" stroke-width="2.400" />)
export const SendIcon = icon(<path d="M3.500 10 16.500 4l-4 12.500-3-5.500z M9.500 11l7-7" />)
export const DownIcon = icon(<path d="M10 4v12M5 11l5 5 5-5" />)
export const MutedIcon = icon(<path d="M4 8v4h2.500L10 15V5L6.500 8zM13 8l4 4M17 8l-4 4" />)
export const PinIcon = icon(<path d="M10 12v5M6.500 12h7l-1-3V4.500h-5V9z" />)
export const EyeIcon = icon(
  <>
    <path d="M2.500 10S5 5 10 5s7.500 5 7.500 5-2.500 5-7.500 5-7.500-5-7.500-5z" />
    <circle cx="10" cy="10" r="2.200" />
  </>,
)
export const CheckIcon = icon(<path d="m3.500 10.500 4 4 9-9.500" />)
export const FileIcon = icon(<path d="M5.500 3h6l3 3v11h-9zM11.500 3v3h3" />)
export const AttachIcon = icon(
  <path d="M15.500 9 10 14.500a3.200 3.200 0 0 1-4.500-4.500l6-6a2.200 2.200 0 0 1 3 3l-6 6a1 1 0 0 1-1.500-1.500L12 6.500" />,
)
export const ForwardIcon = icon(<path d="m7.500 4 6 6-6 6" />)
export const DownloadIcon = icon(<path d="M10 3.500v9M6 9l4 4 4-4M4 16.500h12" />)
export const ZoomIcon = icon(<path d="M12 4h4v4M8 16H4v-4M16 4l-5 5M4 16l5-5" />)
