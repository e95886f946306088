package store

import (
	"context"

	"github.com/redis/go-redis/v9"
)

// patience gives every command to Redis an end, whoever sends it: the client
// itself bounds each single try only.
type patience struct{}

// DialHook implements redis.Hook.
func (patience) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessHook implements redis.Hook.
func (patience) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		ctx, cancel := context.WithTimeout(ctx, redisPatience)
		defer cancel()
		return next(ctx, cmd)
	}
}

// ProcessPipelineHook implements redis.Hook.
func (patience) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		ctx, cancel := context.WithTimeout(ctx, redisPatience)
		defer cancel()
		return next(ctx, cmds)
	}
}
