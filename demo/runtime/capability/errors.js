let report = (error) => console.error('qlik:', error.message ?? error);

// setOnError takes over all errors that no promise tells of.
export function setOnError(callback) {
  report = callback;
}

export function onError(error) {
  report(error);
}

// What a state of the connection means for a mashup.
const ofState = {
  idle: { code: 4001, message: 'The session was idle for too long.' },
  lost: { code: 16, message: 'Connection lost.' },
  offline: { code: 16, message: 'Connection lost. The network is away.' },
  signedOut: { code: 401, message: 'Not signed in to the tenant.' },
  forbidden: { code: 403, message: 'Access denied.' },
  notFound: { code: 1003, message: 'App not found.' },
  failed: { code: 16, message: 'The app could not be opened.' },
};

export function errorOf(state, appId) {
  return Object.assign(new Error(ofState[state]?.message ?? state), ofState[state], { state, appId });
}
