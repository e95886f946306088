package doctor

import "context"

// Check is one thing that has to be right.
type Check struct {
	Name string // for the log
	// Run returns what is wrong and what to do, in one line that names the
	// setting; "" if nothing is. err means that it could not be found out.
	Run func(ctx context.Context) (problem string, err error)
}
