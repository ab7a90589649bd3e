import type { Operations } from '@parlance/client'
import { t } from '../text/index.ts'

type Account = Operations['listAdministeredAccounts']['answer']['items'][number]

/** A word for what an account is. */
export const standingOf = ({ isAdmin, status }: Pick<Account, 'isAdmin' | 'status'>): string =>
  isAdmin ? t('admin.isAdmin') : t(`admin.status.${status}`)
