// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 community.syncthing contributors
// Filters and sorts what is on the page. Nothing is made from text, so no name can become anything else.
"use strict";
(() => {
  const all = (what, where = document) => [...where.querySelectorAll(what)];
  const [device, folder, problems] = all("#filter input, #filter select");
  const body = document.querySelector("#devices tbody");
  const heads = all("#devices thead th").slice(1);
  const rows = all("tr", body);
  const items = all("#problems > li");
  const words = (field) => field.value.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = (text, wanted) => wanted.every((word) => text.includes(word));
  const lower = new Map([...rows.map((row) => [row, row.cells[0]]), ...heads.map((head) => [head, head]),
    ...items.map((item) => [item, item])].map(([key, part]) => [key, part.textContent.toLowerCase()]));
  const bad = (part) => !problems.value || part.dataset.status === problems.value
    || problems.value === "any" && part.dataset.status !== "ok";

  function filter() {
    const [names, folders] = [words(device), words(folder)];
    const columns = heads.map((head) => matches(lower.get(head), folders));
    heads.forEach((head, number) => { head.hidden = !columns[number]; });
    for (const row of rows) {
      row.hidden = !(matches(lower.get(row), names) && bad(row));
      [...row.cells].slice(1).forEach((cell, number) => { if (cell.colSpan === 1) cell.hidden = !columns[number]; });
    }
    for (const item of items) item.hidden = !(matches(lower.get(item), [...names, ...folders]) && bad(item));
    const shown = rows.filter((row) => !row.hidden).length;
    document.querySelector("#shown").textContent = `${shown} of ${rows.length} devices`;
  }

  const rank = ["bad", "behind", "ok", "none"];
  const value = (row, column) => {
    const cell = row.cells[column] || row.cells[1];
    return column ? [rank.indexOf(cell.className), parseInt(cell.textContent, 10) || 0] : [0, 0];
  };
  function sort(head, column) {
    const way = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    const order = new Map(rows.map((row) => [row, value(row, column)]));
    rows.sort((one, two) => {
      const [a, b] = [order.get(one), order.get(two)];
      return way * (a[0] - b[0] || a[1] - b[1] || lower.get(one).localeCompare(lower.get(two)));
    });
    for (const other of all("#devices thead th")) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
    body.append(...rows);
  }

  all("#devices thead th").forEach((head, column) => {
    head.querySelector("button").addEventListener("click", () => sort(head, column));
  });
  for (const field of [device, folder, problems]) field.addEventListener("input", filter);
  document.querySelector("#filter").hidden = false;
  filter();
})();
