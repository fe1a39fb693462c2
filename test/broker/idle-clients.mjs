// Opens many connections that only log in, and keeps them: node idle-clients.mjs PORT COUNT LOGIN_IN_BASE64
// Prints "open N" when all of them got an answer to their open frame, "closed N" whenever some were closed.
import { connect } from "node:net";

const [port, count, login] = process.argv.slice(2);
const bytes = Buffer.from(login, "base64");
/** Connecting at the same time; more than the backlog of the listening socket would be dropped. */
const AT_ONCE = 100;
let closed = 0;

/** Descriptor of open: 0x10. */
const OPEN = Buffer.from([0x00, 0x53, 0x10]);

function open() {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port: Number(port), noDelay: true });
    socket.once("connect", () => socket.write(bytes));
    socket.on("data", (data) => data.includes(OPEN) && resolve());
    socket.once("error", reject);
    socket.once("close", () => console.log(`closed ${++closed}`));
  });
}

for (let opened = 0; opened < Number(count); opened += AT_ONCE) {
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, Number(count) - opened) }, open));
}
console.log(`open ${count}`);
