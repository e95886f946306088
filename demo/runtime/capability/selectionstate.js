import { Notifier } from './notifier.js';

// SelectionState is what is selected in the app, kept up to date.
export class SelectionState {
  constructor(app) {
    Object.assign(this, { app, selections: [], backCount: 0, forwardCount: 0, OnData: new Notifier() });
    app.getList('SelectionObject', ({ qSelectionObject }) => {
      this.backCount = qSelectionObject.qBackCount;
      this.forwardCount = qSelectionObject.qForwardCount;
      this.selections = qSelectionObject.qSelections.map((selection) => selected(app, selection));
      this.OnData.notify(this);
    });
  }

  clearAll(lockedAlso = false) { return this.app.clearAll(lockedAlso); }

  lockAll() { return this.app.lockAll(); }

  unlockAll() { return this.app.unlockAll(); }

  back() { return this.app.back(); }

  forward() { return this.app.forward(); }
}

// selected is one field of it. Its methods are those of the field.
function selected(app, { qField, qSelectedCount, qTotal, qSelected, qSelectedFieldSelectionInfo = [], qLocked, qIsNum, qSelectionThreshold, qSortIndex, qStateCounts }) {
  return Object.assign(app.field(qField), {
    selectedCount: qSelectedCount,
    totalCount: qTotal,
    qSelected,
    selectedValues: qSelectedFieldSelectionInfo,
    locked: qLocked,
    isNumeric: qIsNum,
    selectionThreshold: qSelectionThreshold,
    sortIndex: qSortIndex,
    stateCounts: qStateCounts,
  });
}
