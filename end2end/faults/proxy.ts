// A bad network of our own: a TCP proxy before the CRM that refuses, cuts, stalls, trickles, loses answers or answers in the CRM's place.
// It works below the browser, so the service worker and every tab meet it alike; with a certificate it speaks TLS, and cuts that too.
import { type Server, type Socket, connect, createServer } from 'node:net';
import { TLSSocket, createSecureContext } from 'node:tls';

/** What befalls a request. */
export type Fault =
  /** Nothing of it arrives. */
  | 'before'
  /** Half of it arrives. */
  | 'during'
  /** It arrives, and the answer is lost. */
  | 'after'
  /** It arrives, and half of the answer's first bytes come back. */
  | 'half an answer'
  /** It arrives, nothing is ever answered. */
  | 'silence'
  /** The other side is gone and nobody says so: nothing arrives, nothing is answered, the connection stays. */
  | 'half open'
  /** It arrives twice, the second time by itself. */
  | 'twice'
  /** Request and answer come one byte at a time. */
  | 'trickle'
  /** Everything stands still for so many milliseconds, then goes on. */
  | { stall: number }
  /** The answer comes so many milliseconds late. */
  | { late: number }
  /** It arrives a second time so many milliseconds later, behind what came after it. */
  | { reordered: number }
  /** Somebody else answers, with this status, body and perhaps headers. */
  | { status: number; body?: string; headers?: string };

/** Which requests a fault befalls, and how often. */
export interface Rule {
  /** The request line: `POST /api/v1/reports HTTP/1.1`. */
  match: RegExp;
  fault: Fault;
  /** How many requests; all of them when absent. */
  times?: number;
  /** The part of such requests that it befalls, from 0 to 1, drawn from `seed`: the same at each run. */
  share?: number;
}

/** A certificate and its key, PEM. */
export interface Identity {
  cert: string;
  key: string;
}

/** What is under way on a connection. */
interface Way {
  fault?: Fault;
  /** Where a request goes the second time. */
  twin?: Socket;
  /** What goes to the CRM, and back, in its order. */
  there: Pipe;
  back: Pipe;
}

/** The proxy. */
export class Proxy {
  /** The faults there are; the first that matches befalls. */
  rules: Rule[] = [];
  /** While false nobody is there at all: connections are refused by a reset. */
  isUp = true;
  /** So many connections are cut in the middle of the TLS handshake. */
  handshakesCut = 0;
  /** How many requests (and handshakes) were befallen. */
  befallen = 0;
  /** Every request line that came. */
  readonly seen: string[] = [];
  /** What the shares are drawn from. */
  seed = 1;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  constructor(
    private readonly target: number,
    private readonly identity?: Identity,
  ) {
    this.server = createServer((client) => this.accept(client));
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve) => this.server.listen(port, '127.0.0.1', resolve));
  }

  /** The network goes away: what is under way is cut. */
  down(): void {
    this.isUp = false;
    for (const socket of this.sockets) reset(socket);
  }

  /** Everything is well again. */
  heal(): void {
    this.isUp = true;
    this.rules = [];
    this.handshakesCut = 0;
  }

  end(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  /** A connection: cut, or greeted, with TLS when there is a certificate. */
  private accept(raw: Socket): void {
    if (!this.isUp) return reset(raw);
    raw.on('error', () => undefined);
    if (!this.identity) return this.serve(raw);
    if (this.handshakesCut > 0) {
      this.handshakesCut -= 1;
      this.befallen += 1;
      // The browser has said its hello, and hears the beginning of a record that never ends.
      return void raw.once('data', () => raw.write(Buffer.from([0x16, 0x03, 0x03, 0x10, 0x00, 0x02]), () => setTimeout(() => reset(raw), 20)));
    }
    const secure = new TLSSocket(raw, { isServer: true, secureContext: createSecureContext(this.identity), ALPNProtocols: ['http/1.1'] });
    this.sockets.add(raw);
    raw.on('close', () => this.sockets.delete(raw));
    this.serve(secure);
  }

  private serve(client: Socket): void {
    const crm = connect(this.target, '127.0.0.1');
    const way: Way = { there: new Pipe(crm), back: new Pipe(client) };
    for (const socket of [client, crm]) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        for (const other of [client, crm]) if (other !== socket) other.destroy();
      });
    }
    const cut = () => [client, crm].forEach(reset);
    client.on('data', (data) => this.ask(data, way, client, crm, cut));
    crm.on('data', (data) => answer(data, way, client, cut));
  }

  /** Bytes of a request, on their way to the CRM. */
  private ask(data: Buffer, way: Way, client: Socket, crm: Socket, cut: () => void): void {
    const line = /^(GET|HEAD|POST|PATCH|PUT|DELETE|OPTIONS) \S+ HTTP\/1\.1/.exec(data.subarray(0, 2_000).toString('latin1'))?.[0];
    if (line) {
      this.seen.push(line);
      way.fault = this.befall(line);
      way.twin = undefined;
    }
    const { fault } = way;
    if (fault === 'before') return cut();
    if (fault === 'half open') return;
    if (fault === 'during') return void crm.write(data.subarray(0, data.length / 2), () => setTimeout(cut, 20));
    if (fault === 'trickle') return way.there.drip(data);
    if (fault === 'twice' || (typeof fault === 'object' && 'reordered' in fault)) {
      way.twin ??= connect(this.target, '127.0.0.1').on('error', () => undefined).on('data', () => undefined);
      const twin = way.twin;
      if (fault === 'twice') twin.write(data);
      else setTimeout(() => twin.writable && twin.write(data), fault.reordered);
    }
    if (typeof fault === 'object' && 'stall' in fault) return way.there.later(data, fault.stall);
    if (typeof fault === 'object' && 'status' in fault) {
      const body = fault.body ?? '';
      client.end(`HTTP/1.1 ${fault.status} Fault\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n${fault.headers ?? ''}\r\n${body}`);
      return;
    }
    way.there.write(data);
  }

  private befall(line: string): Fault | undefined {
    for (const rule of this.rules) {
      if (!rule.match.test(line) || rule.times === 0 || (rule.share !== undefined && this.draw() >= rule.share)) continue;
      if (rule.times !== undefined) rule.times -= 1;
      this.befallen += 1;
      return rule.fault;
    }
    return undefined;
  }

  /** A number from 0 to 1 that looks like luck and is the same at each run (mulberry32). */
  private draw(): number {
    this.seed = (this.seed + 0x6d2b79f5) | 0;
    let t = Math.imul(this.seed ^ (this.seed >>> 15), 1 | this.seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }
}

/** Bytes of an answer, on their way to the browser. */
function answer(data: Buffer, { fault, back }: Way, client: Socket, cut: () => void): void {
  if (fault === 'after') return cut();
  if (fault === 'half an answer') return void client.write(data.subarray(0, data.length / 2), () => setTimeout(cut, 20));
  if (fault === 'silence') return;
  if (fault === 'trickle') return back.drip(data);
  if (typeof fault === 'object' && 'late' in fault) return back.later(data, fault.late);
  back.write(data);
}

/** Ends a connection as a power cut does. */
function reset(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}

/** One direction of a connection: whatever is late, what came first goes first. */
class Pipe {
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly to: Socket) {}

  write(data: Buffer): void {
    this.last = this.last.then(() => this.put(data));
  }

  /** The same, so many milliseconds from now. */
  later(data: Buffer, ms: number): void {
    const due = Date.now() + ms;
    this.last = this.last.then(() => new Promise<void>((done) => setTimeout(done, due - Date.now()))).then(() => this.put(data));
  }

  /** One byte at a time. */
  drip(data: Buffer): void {
    this.last = this.last.then(async () => {
      for (let at = 0; at < data.length && this.to.writable; at += 1) {
        this.to.write(data.subarray(at, at + 1));
        await new Promise((done) => setImmediate(done));
      }
    });
  }

  private put(data: Buffer): void {
    if (this.to.writable) this.to.write(data);
  }
}
