package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

const (
	// rarely is how far the heap may grow between collections, in percent, while
	// it is small: collecting a few megabytes less often costs little memory and
	// saves a good part of what a sign-in costs.
	rarely = 400
	// often bounds how much time is spent on collecting a large one.
	often = 50
	// headroom is what may lie about uncollected when there is more: with
	// thousands of sockets, four times as much would be most of our memory.
	headroom = 32 << 20
)

// paceCollector makes the garbage collector rest less the more it has to keep.
func paceCollector() {
	debug.SetGCPercent(rarely)
	watchCollections(rarely)
}

// watchCollections adjusts the pace after each collection: an object nobody
// holds tells of it by being collected.
func watchCollections(percent int) {
	type mark struct{ _ *int }
	runtime.SetFinalizer(new(mark), func(*mark) {
		next := collectorPercent(keptMemory())
		// Setting it stops the world for a moment: not for a little.
		if next < percent*3/4 || next > percent*4/3 {
			debug.SetGCPercent(next)
			percent = next
		}
		watchCollections(percent)
	})
}

// collectorPercent is the pace for so much kept memory.
func collectorPercent(kept uint64) int {
	return int(min(rarely, max(often, headroom*100/max(kept, 1))))
}

// keptMemory is what the last collection found in use, stacks included.
func keptMemory() uint64 {
	samples := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64() + samples[1].Value.Uint64()
}
