import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Holder, MemoryBudget } from '../../src/lib/memory-budget.ts'
import { until } from '../support/until.ts'

interface Held extends Holder {
  isOver: boolean
}

function held(heldBytes: number, address = 'here', sharedBytes = 0): Held {
  const cutOff = () => {
    holder.isOver = true
  }
  const holder = { heldBytes, address, sharedBytes, isOver: false, cutOff }
  return holder
}

const BOUNDS = { perAddress: 100, inAll: 200 }

function budgetOf(holders: readonly Holder[], sharedBytes = () => 0): MemoryBudget {
  const budget = new MemoryBudget(BOUNDS, sharedBytes)
  for (const holder of holders) budget.add(holder)
  return budget
}

const over = (holders: readonly Held[]) => holders.map(({ isOver }) => isOver)

test('within the bounds nobody is cut off', () => {
  const holders = [held(60), held(40), held(100, 'there')]
  assert.equal(budgetOf(holders).relieve(), false)
  assert.deepEqual(over(holders), [false, false, false])
})

test('the largest holders of an address that holds too much are cut off, and nobody elsewhere', () => {
  const holders = [held(20), held(70), held(30), held(90, 'there')]
  assert.equal(budgetOf(holders).relieve(), true)
  assert.deepEqual(over(holders), [false, true, false, false])
})

test('all together have a bound, however many addresses they come from', () => {
  const holders = ['a', 'b', 'c', 'd', 'e'].map((address, n) => held(30 + 10 * n, address))
  assert.equal(budgetOf(holders).relieve(), true)
  assert.deepEqual(over(holders), [false, false, false, false, true])
})

test('shared bytes count once in all, against no address, and the largest sharers are cut off', () => {
  const holders = [held(10, 'a', 150), held(20, 'b', 100), held(30, 'c'), held(1, 'd', 199)]
  const shared = () => holders.reduce((most, each) => Math.max(most, each.isOver ? 0 : each.sharedBytes), 0)
  assert.equal(budgetOf(holders, shared).relieve(), true)
  assert.deepEqual(over(holders), [true, false, false, true])
})

test('it is counted by itself while anybody holds anything, also what only a source knows of', async () => {
  const [first, late, hidden] = [held(60), held(60), held(150, 'there')]
  const budget = budgetOf([first])
  const sources: Holder[] = []
  budget.watch(() => sources)
  budget.add(late)
  await until('the cut', () => first.isOver || late.isOver)
  sources.push(hidden)
  budget.wake()
  await until('the other cut', () => hidden.isOver)
})

test('a holder that lets go of everything is not cut off', () => {
  const holders = [held(90), held(90)]
  const budget = budgetOf(holders)
  for (const holder of holders) budget.delete(holder)
  assert.equal(budget.relieve(), false)
})
