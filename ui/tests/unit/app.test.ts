// What the window does when the host answers late, twice, or not at all.

import { expect, test, vi } from "vitest";
import { App } from "../../src/features/app.svelte";
import type { Document, Host, HostError, SessionView } from "../../src/host/host";
import { emptySession, emptySettings } from "../../src/host/recorded/session";
import { mix } from "./recorded";

function view(part: Partial<SessionView> = {}): SessionView {
  const { id, path, name, file, format, duration_s, modified } = mix;
  return { ...emptySession(), mixes: [{ id, path, name, file, format, duration_s, modified, missing: false }], current_mix: id, ...part };
}

const reference = { id: "ref-1", label: "R1", name: "reference", path: "/music/reference.wav", missing: false };

/** A host whose calls are answered by the test. */
function fakeHost(part: Partial<Host>): Host {
  return new Proxy(part, {
    get: (target, key) => (target as Record<string | symbol, unknown>)[key] ?? (() => Promise.resolve(undefined)),
  }) as Host;
}

interface Waiting<T> {
  resolve: (v: T) => void;
  reject: (e: HostError) => void;
}

/** A call that waits until the test answers it. */
function waiting<T>(): { calls: Waiting<T>[]; call: () => Promise<T> } {
  const calls: Waiting<T>[] = [];
  return { calls, call: () => new Promise<T>((resolve, reject) => calls.push({ resolve, reject })) };
}

const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

test("news of the session during a check does not start another; another reference does", async () => {
  const check = waiting<Document>();
  const cancel = vi.fn(() => Promise.resolve());
  const app = new App(fakeHost({ check: check.call, cancel }));
  void app.take(view());
  void app.take(view({ title: "renamed" }));
  expect(check.calls).toHaveLength(1);
  void app.take(view({ references: [reference] }));
  expect(check.calls).toHaveLength(2);
  expect(cancel).toHaveBeenCalledTimes(1);
});

test("a failed check is shown and tried again only when it is asked for", async () => {
  const check = waiting<Document>();
  const app = new App(fakeHost({ check: check.call }));
  void app.take(view());
  check.calls[0]?.reject({ code: "unreadable", what: "the data ends early", hint: "bounce it again", where: mix.path });
  await settled();
  expect(app.error?.what).toBe("the data ends early");
  void app.take(view({ title: "renamed" }));
  expect(check.calls).toHaveLength(1);
  app.error?.retry?.();
  expect(check.calls).toHaveLength(2);
  expect(app.error).toBeNull();
  check.calls[1]?.resolve(mix.check);
  await settled();
  expect(app.doc).toBe(mix.check);
  expect(app.spoken).toBe(mix.check.judgement.sentence);
});

test("a result for a mix that is no longer looked at is dropped", async () => {
  const check = waiting<Document>();
  const app = new App(fakeHost({ check: check.call }));
  void app.take(view());
  const other = { ...view().mixes[0], id: "other" } as SessionView["mixes"][number];
  void app.take(view({ mixes: [other], current_mix: "other" }));
  check.calls[0]?.resolve(mix.check);
  await settled();
  expect(app.doc).toBeNull();
});

test("of two edits the answer to the older one changes nothing", async () => {
  const set = waiting<SessionView>();
  const app = new App(fakeHost({ check: () => Promise.resolve(mix.check), set_settings: set.call }));
  await app.take(view({ document_ready: true }));
  const at = (gain: number): SessionView["settings"] => ({ ...emptySettings(), output_gain_db: gain });
  void app.edit(at(1), "Gain");
  void app.edit(at(2), "Gain", true);
  expect(app.session?.settings.output_gain_db).toBe(2);
  set.calls[0]?.resolve(view({ settings: at(1) }));
  await settled();
  expect(app.session?.settings.output_gain_db).toBe(2);
  set.calls[1]?.resolve(view({ settings: at(2), can_undo: true }));
  await settled();
  expect(app.session?.can_undo).toBe(true);
});

test("an edit that the host refuses is taken back and said", async () => {
  const app = new App(
    fakeHost({
      check: () => Promise.resolve(mix.check),
      set_settings: () => Promise.reject({ code: "setting", what: "eq[0].q: 99 is out of range", hint: "give a value from 0.1 to 20" } satisfies HostError),
    }),
  );
  await app.take(view({ document_ready: true }));
  await app.edit({ ...emptySettings(), output_gain_db: 3 }, "Gain");
  expect(app.session?.settings.output_gain_db).toBe(0);
  expect(app.toast?.text).toContain("out of range");
  expect(app.toast?.sticky).toBe(true);
});

test("edits are measured once they rest", async () => {
  vi.useFakeTimers();
  try {
    const measure = vi.fn(() => Promise.resolve(mix.check));
    const app = new App(fakeHost({ check: () => Promise.resolve(mix.check), measure_settings: measure, set_settings: (settings) => Promise.resolve(view({ settings, document_ready: true })) }));
    await app.take(view({ document_ready: true }));
    for (let i = 1; i <= 5; i++) {
      void app.edit({ ...emptySettings(), output_gain_db: i }, "Gain", true);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(measure).not.toHaveBeenCalled();
    expect(app.afterOld).toBe(true);
    await vi.advanceTimersByTimeAsync(300);
    expect(measure).toHaveBeenCalledTimes(1);
    expect(app.afterOld).toBe(false);
  } finally {
    vi.useRealTimers();
  }
});

test("a file that exists is asked about; keeping both renders beside it", async () => {
  const paths: string[] = [];
  const app = new App(
    fakeHost({
      check: () => Promise.resolve(mix.check),
      render: (_settings, options) => {
        paths.push(options.path);
        if (paths.length === 1) return Promise.reject({ code: "exists", what: "there already", hint: "choose another name" } satisfies HostError);
        return Promise.resolve({ path: options.path, document: mix.check, steps: [] });
      },
    }),
  );
  await app.take(view({ document_ready: true }));
  await app.render({ path: "/music/mix (master).wav", format: "wav", depth: 24, overwrite: false });
  expect(app.question?.choices[0]?.label).toBe("Keep both");
  app.question?.choices[0]?.run();
  await settled();
  expect(paths[1]).toMatch(/^\/music\/mix \(master\) \d\d\.\d\d\.wav$/);
  expect(app.rendered?.path).toBe(paths[1]);
});

test("a dropped session is opened, what cannot be read is said", async () => {
  const open = vi.fn(() => Promise.resolve(view({ title: "kept" })));
  const app = new App(
    fakeHost({
      check: () => Promise.resolve(mix.check),
      open_session: open,
      guess: (paths) => Promise.resolve(paths.map((path) => (path.endsWith(".plumbline") ? { path, kind: "session" as const } : { path, kind: "unreadable" as const, message: "no audio format that is known" }))),
    }),
  );
  await app.openPaths(["/music/song.plumbline"]);
  expect(open).toHaveBeenCalledWith("/music/song.plumbline");
  await app.openPaths(["/music/photo.jpg"]);
  expect(app.error).toMatchObject({ what: "no audio format that is known", where: "/music/photo.jpg" });
});
