// Themes in the format of Qlik's themes. nebula.js has a light and a dark one
// built in, but its titles are too pale to read on white, and its dark one
// leaves the table's header white on white.

const font = 'ui-sans-serif, system-ui, "Segoe UI", Roboto, Arial, sans-serif';

const series = {
  light: ['#00743c', '#3a6ea5', '#c9822b', '#7a5aa6', '#b5495b', '#2a8c8c', '#8a8f2a', '#5b6470', '#d08fae', '#86b29b', '#e0b84c', '#9aa7d6'],
  dark: ['#4cc38a', '#7fb0e6', '#e9a95b', '#b79be0', '#ef8597', '#62c6c6', '#c5ca62', '#a5b0bb', '#f0b7d0', '#a9d6be', '#f2d27c', '#bcc6ef'],
};

const inks = {
  light: { text: '#16201b', muted: '#55605a', line: '#e3e5e1', surface: '#ffffff', raised: '#f7f7f5', hover: '#eef2ef', primary: '#00743c', none: '#c6cac4' },
  dark: { text: '#e8edea', muted: '#a3aea8', line: '#2a302d', surface: '#181c1a', raised: '#1f2422', hover: '#26302b', primary: '#4cc38a', none: '#3c4440' },
};

function text(color, fontSize, fontWeight) {
  return { color, fontSize, fontFamily: font, ...(fontWeight && { fontWeight }) };
}

function tableStyle(ink) {
  return {
    backgroundColor: ink.surface,
    header: { backgroundColor: ink.raised, color: ink.text, fontSize: '13px', fontFamily: font },
    content: {
      backgroundColor: ink.surface, color: ink.text, fontSize: '13px', fontFamily: font,
      hover: { backgroundColor: ink.hover, color: ink.text },
    },
    totals: { backgroundColor: ink.raised, color: ink.text },
    grid: { border: ink.line },
  };
}

function axis() {
  return { title: 'muted', label: { name: 'muted' }, line: { major: 'none', minor: 'line' } };
}

// paint replaces the names of inks in a tree by their colours.
function paint(tree, ink) {
  return Object.fromEntries(Object.entries(tree).map(([key, value]) =>
    [key, typeof value === 'string' ? { color: ink[value], ...(key !== 'major' && key !== 'minor' && { fontSize: '12px', fontFamily: font }) } : paint(value, ink)]));
}

function theme(type) {
  const ink = inks[type];
  const chart = {
    axis: paint(axis(), ink),
    grid: { line: { major: { color: ink.line }, minor: { color: ink.line } } },
    legend: { title: text(ink.text, '12px'), label: text(ink.muted, '12px') },
    label: { value: text(ink.text, '12px'), name: text(ink.text, '12px') },
    outOfRange: { color: ink.none },
  };
  const charts = ['barChart', 'lineChart', 'comboChart', 'pieChart', 'scatterPlot'];
  return {
    type,
    color: ink.text,
    fontFamily: font,
    backgroundColor: ink.surface,
    dataColors: { primaryColor: ink.primary, nullColor: ink.none, othersColor: ink.none, errorColor: ink.none },
    palettes: {
      data: [{ propertyValue: '12', type: 'row', scale: series[type] }],
      ui: [{ colors: series[type] }],
    },
    object: {
      backgroundColor: 'transparent',
      title: {
        main: { ...text(ink.text, '14px', 'bold') },
        subTitle: text(ink.muted, '13px'),
        footer: { ...text(ink.muted, '12px'), backgroundColor: 'transparent' },
      },
      ...Object.fromEntries(charts.map((name) => [name, chart])),
      straightTable: tableStyle(ink),
      straightTableV2: tableStyle(ink),
      listBox: {
        // Not transparent: the search field's colour is computed from it.
        backgroundColor: ink.surface,
        title: { main: text(ink.text, '14px', 'bold') },
        content: text(ink.text, '13px'),
      },
    },
  };
}

export const themes = ['light', 'dark'].map((type) => ({ id: `vitrine-${type}`, load: async () => theme(type) }));
