// Loaded into a process before anything else (`--import`), it sets that process's clock on the wall: by `CLOCK_FROM_MS`
// at once, and by `CLOCK_BY_MS` with each SIGUSR2. The monotonic clock goes on as it is.

const systemNow = Date.now;
let setByMs = Number(process.env['CLOCK_FROM_MS'] ?? 0);
process.on('SIGUSR2', () => {
  setByMs += Number(process.env['CLOCK_BY_MS'] ?? 0);
});
Date.now = () => systemNow() + setByMs;
