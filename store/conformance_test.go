package store

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"vitrine/store/storetest"
)

// sessionsConformance is what sessions have to do alike on every kind of Redis.
// Each test gets an empty one.
var sessionsConformance = []struct {
	name string
	test func(*testing.T, *Sessions)
}{
	{"session is kept and forgotten", testSessionIsKeptAndForgotten},
	{"state answers once", testStateAnswersOnce},
	{"only use defers the idle end", testOnlyUseDefersTheIdleEnd},
	{"updates of one session take turns", testUpdatesOfOneSessionTakeTurns},
	{"deleted session stays deleted", testDeletedSessionStaysDeleted},
	{"failed update saves nothing", testFailedUpdateSavesNothing},
	{"Redis holds nothing readable", testRedisHoldsNothingReadable},
	{"record opens only in its place", testRecordOpensOnlyInItsPlace},
	{"keys rotate without signing anyone out", testKeysRotateWithoutSigningAnyoneOut},
	{"ended session waits in the outbox", testEndedSessionWaitsInTheOutbox},
	{"unreadable revocation is dropped", testUnreadableRevocationIsDropped},
	{"session ended from elsewhere", testSessionEndedFromElsewhere},
	{"sessions of a person", testSessionsOfAPerson},
	{"ends are heard elsewhere", testEndsAreHeardElsewhere},
	{"refused session is deleted and told in one step", testRefusedSessionIsDeletedAndToldInOneStep},
	{"session is read once for many requests", testSessionIsReadOnceForManyRequests},
	{"one reads for all who ask at once", testOneReadsForAllWhoAskAtOnce},
	{"ended session leaves every memory", testEndedSessionLeavesEveryMemory},
	{"new tokens reach every memory", testNewTokensReachEveryMemory},
	{"nothing is served from memory without news", testNothingIsServedFromMemoryWithoutNews},
	{"spent token does not come back with redis", testSpentTokenDoesNotComeBackWithRedis},
	{"Redis is put right unasked", testRedisIsPutRightUnasked},
	{"ended session does not come back with redis", testEndedSessionDoesNotComeBackWithRedis},
	{"lost lock is not taken", testLostLockIsNotTaken},
	{"whoever gives up does not free a lost lock", testWhoeverGivesUpDoesNotFreeALostLock},
	{"lock given back is free", testLockGivenBackIsFree},
	{"key use counts the sessions of every server", testKeyUseCountsEveryServer},
}

func TestSessionsConformance(t *testing.T) {
	t.Run("embedded", func(t *testing.T) {
		eachSessions(t, func(t *testing.T) redis.UniversalClient {
			client, stop, err := OpenEmbeddedRedis()
			check(t, err)
			t.Cleanup(stop)
			return client
		})
	})
	t.Run("redis-server", func(t *testing.T) {
		eachSessions(t, func(t *testing.T) redis.UniversalClient { return openRedis(t, storetest.Redis(t).URL) })
	})
	t.Run("cluster of three masters", func(t *testing.T) {
		cluster := storetest.Cluster(t, 0) // takes seconds to start
		eachSessions(t, func(t *testing.T) redis.UniversalClient {
			client := openRedis(t, cluster.URL).(*redis.ClusterClient)
			check(t, client.ForEachMaster(t.Context(), func(ctx context.Context, node *redis.Client) error { return node.FlushAll(ctx).Err() }))
			return client
		})
	})
}

func eachSessions(t *testing.T, open func(*testing.T) redis.UniversalClient) {
	for _, c := range sessionsConformance {
		t.Run(c.name, func(t *testing.T) {
			c.test(t, NewSessions(SessionsOptions{Redis: open(t), Keys: testRing(t, "a")}))
		})
	}
}

func openRedis(t *testing.T, redisURL string) redis.UniversalClient {
	t.Helper()
	client, err := OpenRedis(redisURL)
	check(t, err)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// keysOf returns the keys of all servers that match a pattern.
func keysOf(t *testing.T, s *Sessions, pattern string) []string {
	t.Helper()
	var mu sync.Mutex
	var all []string
	add := func(ctx context.Context, node redis.Cmdable) error {
		keys, err := node.Keys(ctx, pattern).Result()
		mu.Lock()
		defer mu.Unlock()
		all = append(all, keys...)
		return err
	}
	if cluster, ok := s.Redis.(*redis.ClusterClient); ok {
		check(t, cluster.ForEachMaster(context.Background(), func(ctx context.Context, node *redis.Client) error { return add(ctx, node) }))
	} else {
		check(t, add(context.Background(), s.Redis))
	}
	return all
}

func testKeyUseCountsEveryServer(t *testing.T, s *Sessions) {
	const many = 300
	for i := range many {
		mustCreate(t, s, fmt.Sprintf("name-%d-of-16-or-more.secret-of-16-or-more", i))
	}
	for range 5 {
		use, err := s.KeyUse(t.Context())
		check(t, err)
		if len(use) != 1 {
			t.Fatalf("%d keys: %v, want one", len(use), use)
		}
		for key, sessions := range use {
			if sessions != many {
				t.Errorf("key %s has sealed %d sessions, want %d", key, sessions, many)
			}
		}
	}
}
