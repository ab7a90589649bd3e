import { useLazy } from '../lib/use-lazy.ts'
import { viewed } from '../upload/pictures.ts'

/** The place of the viewer of pictures, whose code comes with the first one that is looked at. */
export function ImageViewerSlot() {
  const isWanted = viewed.value !== undefined
  const part = useLazy(() => import('./image-viewer.tsx'), isWanted)
  return isWanted && part !== undefined && part !== 'failed' ? <part.ImageViewer /> : null
}
