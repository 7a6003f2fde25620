// Listening: what plays, through what, and what of it. The host plays; this remembers what was asked of it.

import type { TimeRange } from "../../bindings/document";
import type { PlaybackFrame, Side, Sound } from "../../host/host";
import type { App } from "../app.svelte";

/** Shortest passage that is looped, s: less is a buzz. */
const SHORTEST_LOOP_S = 2;

export class Listening {
  frame = $state.raw<PlaybackFrame | null>(null);
  side = $state<Side>("A");
  /** The one of A, B, R that X goes back to. */
  #last: Side = "B";
  reference = $state<string | null>(null);
  loop = $state.raw<TimeRange | null>(null);
  solo = $state.raw<[number, number] | null>(null);
  mono = $state(false);
  bypass = $state(false);
  levelMatch = $state(true);
  /** The system that is heard now; while the picker is open it may differ from the session's. */
  system = $state<string | null>(null);
  sound = $state.raw<Sound>({ state: "absent", message: "", gaps: { read_late: 0, ran_dry: 0 } });
  /** Part of the song that the time axis shows. */
  window = $state.raw<TimeRange>({ start_s: 0, end_s: 0 });
  position = $state(0);
  playing = $state(false);

  readonly ok = $derived(this.sound.state === "ready");

  constructor(readonly app: App) {}

  take = (frame: PlaybackFrame): void => {
    this.frame = frame;
    this.position = frame.position_s;
    this.playing = frame.playing;
  };

  /** The sound device came or went. */
  takeSound = (sound: Sound): void => {
    const before = this.sound.state;
    this.sound = sound;
    if (sound.state === "lost" && before !== "lost") this.app.spoken = "The sound device is gone. Listening is off, all else works.";
    else if (sound.state === "ready" && before !== "ready") this.app.spoken = "The sound is back";
  };

  #tell(ask: Promise<unknown>): void {
    ask.catch(this.app.fail);
  }

  toggle = (): void => {
    if (!this.ok || !this.app.hasMix) return;
    this.#tell(this.playing ? this.app.host.pause() : this.app.host.play());
  };

  seek = (s: number): void => {
    this.position = Math.min(Math.max(0, s), this.app.duration);
    this.#tell(this.app.host.seek(this.position));
  };

  canHear(side: Side): boolean {
    if (!this.app.hasMix) return false;
    if (side === "R") return (this.app.session?.references.length ?? 0) > 0;
    return side === "A" || this.app.doc !== null;
  }

  listen = (side: Side, reference?: string): void => {
    if (!this.canHear(side)) return;
    if (side === "R") this.reference = reference ?? this.reference ?? this.app.session?.references[0]?.id ?? null;
    if (side !== this.side) this.#last = this.side;
    this.side = side;
    this.#tell(this.app.host.listen(side, side === "R" ? (this.reference ?? undefined) : undefined));
  };

  swap = (): void => this.listen(this.#last);

  nextReference = (): void => {
    const all = this.app.session?.references ?? [];
    if (all.length === 0) return;
    const at = all.findIndex((r) => r.id === this.reference);
    this.listen("R", all[this.side === "R" ? (at + 1) % all.length : Math.max(0, at)]?.id);
  };

  setLoop = (range: TimeRange | null): void => {
    this.loop = range;
    this.#tell(this.app.host.set_loop(range));
  };

  /** The loop on or off; on without one takes the section or eight seconds round the playhead. */
  toggleLoop = (): void => {
    if (this.loop) return this.setLoop(null);
    const row = this.app.row;
    const time = row?.finding.time[0];
    this.setLoop(time ? this.widened(time) : this.widened({ start_s: this.position, end_s: this.position + 8 }));
  };

  /** A passage long enough to be heard as one. */
  widened(t: TimeRange): TimeRange {
    const missing = Math.max(0, SHORTEST_LOOP_S - (t.end_s - t.start_s));
    const start = Math.max(0, t.start_s - missing / 2);
    return { start_s: start, end_s: Math.min(this.app.duration || Number.POSITIVE_INFINITY, Math.max(t.end_s, start + SHORTEST_LOOP_S)) };
  }

  setSolo = (band: [number, number] | null): void => {
    this.solo = band;
    this.#tell(this.app.host.set_solo(band));
  };

  setMono = (on: boolean): void => {
    this.mono = on;
    this.#tell(this.app.host.set_mono(on));
  };

  setBypass = (on: boolean): void => {
    this.bypass = on;
    this.#tell(this.app.host.set_bypass(on));
  };

  setLevelMatch = (on: boolean): void => {
    this.levelMatch = on;
    this.#tell(this.app.host.set_level_match(on));
    void this.app.setPreferences({ level_match: on });
  };

  /** Hears through a system without keeping it in the session. */
  audition = (name: string | null): void => {
    this.system = name;
    this.#tell(this.app.host.set_system(name).then((view) => (this.app.session = view)));
  };

  /** Plays a passage: loop, and the band or system that shows it. The view stays where it is. */
  hear = (time: TimeRange | null, options: { band?: [number, number] | null; system?: string | null; side?: Side } = {}): void => {
    if (!this.ok) return;
    if (options.side) this.listen(options.side);
    if (options.system !== undefined && options.system !== this.system) this.audition(options.system);
    this.setSolo(options.band ?? null);
    if (time) {
      const loop = this.widened(time);
      this.setLoop(loop);
      this.seek(loop.start_s);
    }
    this.#tell(this.app.host.play());
  };

  retry = async (): Promise<void> => {
    try {
      this.sound = await this.app.host.retry_sound();
    } catch (e) {
      this.app.fail(e);
    }
  };
}
