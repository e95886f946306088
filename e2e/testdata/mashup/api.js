// What a page does with @qlik/api. The test calls what hangs on mashup.

import * as qlik from "/static/any/vendor/qlik-api/index.js";

qlik.auth.setDefaultHostConfig({ host: "PUBLIC_URL/qlik", authType: "none" });

// paging goes to the end by next() and back to the beginning by prev().
async function paging(list) {
  const ids = (page) => page.data.data.map(({ id }) => id);
  let page = await list();
  const forth = [ids(page)], back = [], links = [];
  while (page.next) {
    links.push(page.data.links.next.href);
    page = await page.next();
    forth.push(ids(page));
  }
  while (page.prev) {
    links.push(page.data.links.prev.href);
    page = await page.prev();
    back.push(ids(page));
  }
  return { Forth: forth, Back: back, Links: links };
}

// refusal is what is left of a call that fails.
async function refusal(call) {
  try {
    return { Answer: JSON.stringify((await call(qlik)).data) };
  } catch (err) {
    const [first] = err.data?.errors ?? [{}];
    return { Status: err.status, Code: first.code, Title: first.title, Said: first.status, Trace: err.data?.traceId };
  }
}

// favourite writes: a favourite comes and goes.
async function favourite() {
  const { data: { id } } = await qlik.collections.getFavoritesCollection();
  const listed = async () => (await qlik.collections.getCollectionItems(id, {}, { noCache: true })).data.data.map((item) => item.id);
  const before = await listed();
  const { data } = await qlik.items.getItems({ resourceType: "app", limit: 40 });
  const item = data.data.find((candidate) => !before.includes(candidate.id));
  const added = await qlik.collections.addCollectionItem(id, { id: item.id });
  const between = await listed();
  const removed = await qlik.collections.deleteCollectionItem(id, item.id);
  return { Statuses: [added.status, removed.status], Came: between.includes(item.id), Went: !(await listed()).includes(item.id) };
}

// integration makes, changes and takes away a web integration, as an admin.
async function integration() {
  const made = await qlik.webIntegrations.createWebIntegration({ name: "Test", validOrigins: ["https://a.example"] });
  const { id } = made.data;
  const patched = await qlik.webIntegrations.patchWebIntegration(id, [{ op: "replace", path: "/name", value: "Grüße & Ümlaute" }]);
  const { data } = await qlik.webIntegrations.getWebIntegration(id, { noCache: true });
  const gone = await qlik.webIntegrations.deleteWebIntegration(id);
  return { Statuses: [made.status, patched.status, gone.status], Name: data.name };
}

// download has the tenant draw a picture and fetches the file.
async function download() {
  const { data: { requestId } } = await qlik.reports.createReport({
    type: "sense-image-1.0", meta: { outputTtl: "PT10M" },
    senseImageTemplate: { appId: "APP_ID", visualization: { id: "sales-by-category", type: "visualization", widthPx: 400, heightPx: 300 } },
    output: { type: "image", outputId: "one", imageOutput: { outFormat: "png", outZoom: 1 } },
  });
  for (let tries = 0; tries < 100; tries++) {
    const { data } = await qlik.reports.getReportStatus(requestId, { noCache: true });
    if (data.status === "done") break;
    await new Promise((later) => setTimeout(later, 100));
  }
  const { data: { data: [output] } } = await qlik.reports.getReportOutputs(requestId, {}, { noCache: true });
  const { data: file, headers } = await qlik.tempContents.downloadTempFile(output.location.split("/").pop(), {});
  const bytes = file instanceof Blob ? new Uint8Array(await file.arrayBuffer()) : undefined;
  const linked = await (await fetch(output.location)).arrayBuffer();
  return {
    Location: output.location, Announced: output.sizeBytes, Size: bytes?.length ?? -1, Linked: linked.byteLength,
    Type: headers.get("content-type"), Kind: typeof file, Head: bytes ? String.fromCharCode(...bytes.slice(1, 4)) : String(file).slice(0, 20),
  };
}

window.mashup = { qlik, paging, refusal, favourite, integration, download };
