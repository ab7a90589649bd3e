export { Uploading, type UploadOptions, type UploadProgress, upload } from './uploading.ts'
