import { describe, type TestContext, test } from 'node:test'
import type { Store } from '../../src/store/store.ts'
import { accountStateRules } from './conformance/account-state.ts'
import { accountRules } from './conformance/accounts.ts'
import { auditRules } from './conformance/audit.ts'
import { changeRules } from './conformance/changes.ts'
import { contactRules } from './conformance/contacts.ts'
import { conversationChangeRules } from './conformance/conversation-changes.ts'
import { conversationRemovalRules } from './conformance/conversation-removals.ts'
import { conversationRules } from './conformance/conversations.ts'
import { deletionRules } from './conformance/deletions.ts'
import { detailRules } from './conformance/details.ts'
import { editRules } from './conformance/edits.ts'
import { exitRules } from './conformance/exits.ts'
import { exportRules } from './conformance/exports.ts'
import { fileRules } from './conformance/files.ts'
import { inviteRules } from './conformance/invites.ts'
import { listingRules } from './conformance/listings.ts'
import { memberRules } from './conformance/members.ts'
import { membershipRules } from './conformance/memberships.ts'
import { mentionRules } from './conformance/mentions.ts'
import { messageSearchRules } from './conformance/message-search.ts'
import { messageRules } from './conformance/messages.ts'
import { misfitRules } from './conformance/misfits.ts'
import { overviewRules } from './conformance/overview.ts'
import { pagingRules } from './conformance/paging.ts'
import { pinRules } from './conformance/pins.ts'
import { raceRules } from './conformance/races.ts'
import { reactionRules } from './conformance/reactions.ts'
import { removalRules } from './conformance/removals.ts'
import { requestKeyRules } from './conformance/request-keys.ts'
import { retentionRules } from './conformance/retention.ts'
import { roleRules } from './conformance/roles.ts'
import { searchRules } from './conformance/searches.ts'
import { sessionRules } from './conformance/sessions.ts'
import { storeRules } from './conformance/store.ts'
import { threadRules } from './conformance/threads.ts'
import { type Rule, World } from './world.ts'

/** Rules for every adapter of the port. `open` gives an empty store and closes it after the test. */
export function storeConformance(name: string, open: (t: TestContext) => Promise<Store>): void {
  const rule: Rule = (sentence, check) => {
    test(sentence, async (t) => check(new World(await open(t))))
  }
  describe(`the store on ${name}`, { concurrency: 4 }, () => {
    storeRules(rule)
    accountRules(rule)
    accountStateRules(rule)
    sessionRules(rule)
    contactRules(rule)
    searchRules(rule)
    conversationRules(rule)
    conversationChangeRules(rule)
    listingRules(rule)
    memberRules(rule)
    roleRules(rule)
    exitRules(rule)
    inviteRules(rule)
    fileRules(rule)
    membershipRules(rule)
    removalRules(rule)
    conversationRemovalRules(rule)
    exportRules(rule)
    overviewRules(rule)
    auditRules(rule)
    messageRules(rule)
    editRules(rule)
    detailRules(rule)
    threadRules(rule)
    mentionRules(rule)
    pinRules(rule)
    reactionRules(rule)
    deletionRules(rule)
    retentionRules(rule)
    messageSearchRules(rule)
    misfitRules(rule)
    pagingRules(rule)
    changeRules(rule)
    requestKeyRules(rule)
    raceRules(rule)
  })
}
