// Sets the wall clock of a process. Load it first (`--import`): `CLOCK_FROM_MS` sets the clock at once, and each
// SIGUSR2 moves it by `CLOCK_BY_MS`. The monotonic clock does not change.

const systemNow = Date.now;
let setByMs = Number(process.env['CLOCK_FROM_MS'] ?? 0);
process.on('SIGUSR2', () => {
  setByMs += Number(process.env['CLOCK_BY_MS'] ?? 0);
});
Date.now = () => systemNow() + setByMs;
