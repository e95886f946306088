package store

import (
	"context"
	"encoding/hex"
	"maps"
	"sync"

	"github.com/redis/go-redis/v9"

	"vitrine/auth"
)

// resealScript puts the same session under another key, unless somebody has
// changed it meanwhile: then theirs has the newest key already.
var resealScript = redis.NewScript(`
if redis.call("GET", KEYS[1]) ~= ARGV[1] then return 0 end
redis.call("SET", KEYS[1], ARGV[2], "XX", "KEEPTTL")
return 1`)

// moveToNewestKey seals a session that is in use with the key that seals now.
// When it fails, the next use tries again: the old key still opens it.
func (s *Sessions) moveToNewestKey(ctx context.Context, key, secret string, generation uint64, old []byte, session auth.Session) {
	record, err := s.sealRecord(kindSession, key, secret, generation, (*sessionRecord)(&session))
	if err != nil {
		return
	}
	_ = resealScript.Run(ctx, s.Redis, []string{key}, old, record).Err()
}

// KeyUse counts the sessions that each key has sealed, by the key's ID in hex:
// a key nobody uses may leave the ring. It walks through Redis in small steps;
// do not call it more often than every minute.
func (s *Sessions) KeyUse(ctx context.Context) (map[string]int, error) {
	use := map[string]int{}
	for _, k := range *s.Keys.keys.Load() {
		use[hex.EncodeToString(k.id[:])] = 0
	}
	if cluster, ok := s.Redis.(*redis.ClusterClient); ok {
		var mu sync.Mutex // masters are counted at the same time
		err := cluster.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error {
			counts, err := s.countKeys(ctx, node)
			mu.Lock()
			defer mu.Unlock()
			for key, sessions := range counts {
				use[key] += sessions
			}
			return err
		})
		return use, err
	}
	counts, err := s.countKeys(ctx, s.Redis)
	maps.Copy(use, counts)
	return use, err
}

// countKeys counts the sessions of one server by the key that has sealed them.
func (s *Sessions) countKeys(ctx context.Context, node redis.Cmdable) (map[string]int, error) {
	counts := map[string]int{}
	keys := node.Scan(ctx, 0, s.Prefix+kindSession+":*", 500).Iterator()
	for keys.Next(ctx) {
		header, err := node.GetRange(ctx, keys.Val(), 1, keyIDSize).Bytes()
		if err != nil {
			return counts, err
		}
		if len(header) == keyIDSize {
			counts[hex.EncodeToString(header)]++
		}
	}
	return counts, keys.Err()
}
