import { FilesToSign, SignedFiles } from '../file.ts'
import { operation } from '../operation.ts'

export const FILE_OPERATIONS = {
  signFiles: operation({
    method: 'POST',
    path: '/v1/files/urls',
    summary: 'Get addresses by which pages can show files',
    description:
      'Each works for ten minutes, and no longer than you may read the file. All of them, or none: one that you may not read is 404.',
    tag: 'files',
    since: 3,
    body: FilesToSign,
    answers: { 200: SignedFiles },
    refuses: ['not_found'],
  }),
}
