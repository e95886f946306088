import stardust from '@nebula.js/stardust';

const { useEffect, useElement, useLayout, useTranslator } = stardust;

// One big number with its name, and under it any further measures. Qlik's own
// KPI package brings an icon library of half a megabyte for the same picture.

const initialProperties = {
  version: '1.0.0',
  showTitles: true,
  title: '',
  subtitle: '',
  footnote: '',
  showMeasureTitle: true,
  qHyperCubeDef: {
    qDimensions: [],
    qMeasures: [],
    qInitialDataFetch: [{ qTop: 0, qLeft: 0, qWidth: 10, qHeight: 1 }],
  },
};

// shortNumber abbreviates as the engine's clients do: only numbers whose
// format nobody chose.
function shortNumber(cell, info, language) {
  if (!info?.qIsAutoFormat || !Number.isFinite(cell.qNum) || Math.abs(cell.qNum) < 10_000) {
    return cell.qText;
  }
  return new Intl.NumberFormat(language, { notation: 'compact', maximumSignificantDigits: 4 }).format(cell.qNum);
}

function part(tag, className, text) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function draw(element, layout, language) {
  const cube = layout.qHyperCube ?? {};
  const row = cube.qDataPages?.[0]?.qMatrix?.[0] ?? [];
  const infos = cube.qMeasureInfo ?? [];
  const box = document.createElement('div');
  box.className = 'vn-kpi';
  infos.forEach((info, i) => {
    const cell = row[(cube.qDimensionInfo?.length ?? 0) + i] ?? { qText: '–' };
    const value = part('output', 'vn-kpi-value', shortNumber(cell, info, language));
    value.title = cell.qText;
    const name = part('span', 'vn-kpi-name', info.qFallbackTitle ?? '');
    // A cell with the measure's name as its title need not say it twice.
    const named = i > 0 || (layout.showMeasureTitle !== false && name.textContent !== layout.title);
    const line = part('div', i === 0 ? 'vn-kpi-first' : 'vn-kpi-more', '');
    line.append(value, ...(named ? [name] : []));
    box.append(line);
  });
  element.replaceChildren(box);
}

export default () => ({
  qae: {
    properties: { initial: initialProperties },
    data: { targets: [{ path: '/qHyperCubeDef', dimensions: { min: 0, max: 0 }, measures: { min: 1, max: 3 } }] },
  },
  component() {
    const element = useElement();
    const layout = useLayout();
    const language = useTranslator().language();
    useEffect(() => draw(element, layout, language), [element, layout, language]);
  },
});
