import assert from 'node:assert/strict';
import test from 'node:test';
import { delayBefore, mostAttempts } from '../js/backoff.js';

test('waiting grows, is bounded, and is not the same for all', () => {
  for (let attempt = 0; attempt <= mostAttempts; attempt++) {
    const least = delayBefore(attempt, () => 0);
    const most = delayBefore(attempt, () => 1);
    assert.equal(most, least * 2);
    assert.ok(most <= 15_000);
    if (attempt > 0) assert.ok(least >= delayBefore(attempt - 1, () => 0));
  }
  assert.ok(delayBefore(0) < delayBefore(mostAttempts));
});

test('all attempts together last about a minute, not for ever', () => {
  const total = Array.from({ length: mostAttempts }, (_, i) => delayBefore(i, () => 1)).reduce((a, b) => a + b);
  assert.ok(total > 30_000 && total < 120_000, `${total} ms`);
});
