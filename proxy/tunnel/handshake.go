package tunnel

import (
	"net"
	"time"
)

// handshakeTimeout is how long the browser may take to accept the answer to its
// upgrade request.
const handshakeTimeout = 10 * time.Second

// Start connects browser and tenant after the handshake, in which the tenant's
// answer is written to the browser. fromTenant and fromBrowser are bytes that
// were read behind the handshake. Start owns both connections and returns at once.
func (p *Reservation) Start(browser, tenant net.Conn, answer, fromTenant, fromBrowser []byte) {
	k := newSocket(browser, tenant)
	k.mu.Lock() // a close frame that is due now waits for the answer
	p.add(k)
	_ = browser.SetWriteDeadline(time.Now().Add(handshakeTimeout))
	_, err := browser.Write(answer)
	_ = browser.SetWriteDeadline(time.Time{})
	k.mu.Unlock()
	if err == nil && len(fromTenant) > 0 {
		err = k.toBrowser(fromTenant)
	}
	if err == nil && len(fromBrowser) > 0 {
		err = k.toTenant(fromBrowser)
	}
	if err != nil {
		k.Close()
		return
	}
	k.run()
}
