// A bad network of our own: a TCP proxy before the CRM that refuses, cuts, stalls, trickles, loses answers or answers in the CRM's place.
// It works below the browser, so the service worker and every tab meet it alike.
import { type Server, type Socket, connect, createServer } from 'node:net';

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
  /** It arrives twice, the second time by itself. */
  | 'twice'
  /** Request and answer come a few bytes at a time. */
  | 'trickle'
  /** The answer comes so many milliseconds late. */
  | { late: number }
  /** Somebody else answers, with this status, body and perhaps headers. */
  | { status: number; body?: string; headers?: string };

/** Which requests a fault befalls, and how often. */
export interface Rule {
  /** The request line: `POST /api/v1/reports HTTP/1.1`. */
  match: RegExp;
  fault: Fault;
  /** How many requests; all of them when absent. */
  times?: number;
  /** The part of such requests that it befalls, from 0 to 1. */
  share?: number;
}

/** The proxy. */
export class Proxy {
  /** The faults there are; the first that matches befalls. */
  rules: Rule[] = [];
  /** While false nobody is there at all: connections are refused by a reset. */
  isUp = true;
  /** How many requests were befallen. */
  befallen = 0;
  /** Every request line that came. */
  readonly seen: string[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  constructor(private readonly target: number) {
    this.server = createServer((client) => this.serve(client));
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve) => this.server.listen(port, '127.0.0.1', resolve));
  }

  /** The network goes away: what is under way is cut. */
  down(): void {
    this.isUp = false;
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  /** Everything is well again. */
  heal(): void {
    this.isUp = true;
    this.rules = [];
  }

  end(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private serve(client: Socket): void {
    if (!this.isUp) return void client.resetAndDestroy();
    const crm = connect(this.target, '127.0.0.1');
    /** What befalls the request that is under way on this connection. */
    let fault: Fault | undefined;
    /** Where a request goes the second time. */
    let twin: Socket | undefined;
    for (const socket of [client, crm]) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        for (const other of [client, crm]) if (other !== socket) other.destroy();
      });
    }
    const cut = () => [client, crm].forEach((socket) => socket.resetAndDestroy());
    client.on('data', (data) => {
      const line = /^(GET|HEAD|POST|PATCH|PUT|DELETE|OPTIONS) \S+ HTTP\/1\.1/.exec(data.subarray(0, 2_000).toString('latin1'))?.[0];
      if (line) {
        this.seen.push(line);
        fault = this.befall(line);
      }
      if (fault === 'before') return cut();
      if (fault === 'during') {
        crm.write(data.subarray(0, data.length / 2), () => setTimeout(cut, 20));
        return;
      }
      if (fault === 'trickle') return trickle(data, crm);
      if (fault === 'twice') {
        twin ??= connect(this.target, '127.0.0.1').on('error', () => undefined).on('data', () => undefined);
        twin.write(data);
      }
      if (typeof fault === 'object' && 'status' in fault) {
        const body = fault.body ?? '';
        client.end(`HTTP/1.1 ${fault.status} Fault\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n${fault.headers ?? ''}\r\n${body}`);
        return;
      }
      crm.write(data);
    });
    crm.on('data', (data) => {
      if (fault === 'after') return cut();
      if (fault === 'half an answer') {
        client.write(data.subarray(0, data.length / 2), () => setTimeout(cut, 20));
        return;
      }
      if (fault === 'silence') return;
      if (fault === 'trickle') return trickle(data, client);
      if (typeof fault === 'object' && 'late' in fault) setTimeout(() => client.writable && client.write(data), fault.late);
      else client.write(data);
    });
  }

  private befall(line: string): Fault | undefined {
    for (const rule of this.rules) {
      if (!rule.match.test(line) || rule.times === 0 || (rule.share !== undefined && Math.random() >= rule.share)) continue;
      if (rule.times !== undefined) rule.times -= 1;
      this.befallen += 1;
      return rule.fault;
    }
    return undefined;
  }
}

/** A few bytes at a time. */
function trickle(data: Buffer, to: Socket): void {
  const step = Math.max(1, Math.ceil(data.length / 40));
  for (let at = 0; at < data.length; at += step) {
    setTimeout(() => to.writable && to.write(data.subarray(at, at + step)), (at / step) * 10);
  }
}
