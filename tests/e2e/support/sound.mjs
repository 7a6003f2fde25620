// A sound card without a card: a PulseAudio server of our own with null sinks, which can be recorded.

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "./webdriver.mjs";

/** What the app plays to, being the default. */
const SINK = "plumbline";
/** What a plain player plays to, to see what this machine can do at the time. */
const CONTROL = "control";

/** Starts the server at this sample rate; `env` is what programs need to find it. */
export async function startSound(folder, rate) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const socket = join(folder, "native");
  const script = join(folder, "sink.pa");
  const sink = (name) => `load-module module-null-sink sink_name=${name} rate=${rate} channels=2 format=float32le\n`;
  writeFileSync(script, `load-module module-native-protocol-unix socket=${socket}\n${sink(SINK)}${sink(CONTROL)}set-default-sink ${SINK}\n`);
  const env = { ...process.env, PULSE_RUNTIME_PATH: folder, PULSE_SERVER: `unix:${socket}`, XDG_CONFIG_HOME: folder };
  const log = openSync(join(folder, "pulse.log"), "a");
  const running = new Set();
  const start = (program, args, stdout) => {
    const child = spawn(program, args, { env, stdio: ["ignore", stdout, log] });
    running.add(child);
    child.on("close", () => running.delete(child));
    return child;
  };
  const recorder = (name, latency_ms) => start("parec", ["-d", `${name}.monitor`, "--format=float32le", `--rate=${rate}`, "--channels=2", `--latency-msec=${latency_ms}`, "--raw"], "pipe");

  let server;
  /** Starts the server, again if it was ended. */
  async function begin() {
    server = start("pulseaudio", ["-n", "-F", script, "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--log-level=error"], log);
    await until("PulseAudio answers", () => execFileSync("pactl", ["info"], { env, stdio: "pipe" }));
    // Without a reader that asks for low latency the sink sleeps for about a second before it takes the first samples.
    recorder(SINK, 20).stdout.resume();
    await sleep(2500);
  }
  await begin();
  return {
    env,
    begin,
    /** Ends the server, as when a sound service fails. */
    async end() {
      const gone = new Promise((resolve) => server.on("close", resolve));
      server.kill("SIGKILL");
      await gone;
    },
    /** Records what is played from now on; `stop` ends it and gives the samples, one array for each channel; if `timed`, in parts, each
     *  with the time (`at`, ms) at which it came. */
    record({ timed = false, sink: name = SINK } = {}) {
      const child = recorder(name, 10);
      const parts = [];
      child.stdout.on("data", (bytes) => parts.push({ at: performance.timeOrigin + performance.now(), bytes }));
      return {
        async stop() {
          child.kill("SIGTERM");
          await new Promise((resolve) => child.on("close", resolve));
          if (timed) return parts.map(({ at, bytes }) => ({ at, samples: channels(bytes) }));
          return channels(Buffer.concat(parts.map((p) => p.bytes)));
        },
      };
    },
    /** Plays a file with a plain player that asks for so short a queue, beside the app and recorded in the same way; `stop` gives what
     *  arrived. */
    control(path, latency_ms) {
      const recording = this.record({ sink: CONTROL });
      const player = start("paplay", [`--device=${CONTROL}`, `--latency-msec=${latency_ms}`, path], "ignore");
      return {
        async stop() {
          const samples = await recording.stop();
          player.kill("SIGTERM");
          return samples;
        },
      };
    },
    stop() {
      for (const child of running) child.kill("SIGTERM");
    },
  };
}

function channels(bytes) {
  const frames = Math.floor(bytes.length / 8);
  const out = [new Float32Array(frames), new Float32Array(frames)];
  for (let i = 0; i < frames; i++) {
    out[0][i] = bytes.readFloatLE(i * 8);
    out[1][i] = bytes.readFloatLE(i * 8 + 4);
  }
  return out;
}
