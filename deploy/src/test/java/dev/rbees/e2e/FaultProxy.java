package dev.rbees.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A TCP link to a program on this machine, which can be bad in one way at a time, for connections that there are and new ones. */
final class FaultProxy implements AutoCloseable {

    private static final int ENOUGH = 1_500;

    /** What is wrong with what the program says. */
    enum Fault {
        NONE,
        /** Comes in pieces of one byte. */
        SLICED,
        /** Each piece comes a third of a second late. */
        LATE,
        /** Comes at 8 kB a second. */
        SLOW,
        /** After some bytes the connection is reset. */
        RESET,
        /** After some bytes the connection ends as if all had been said. */
        CUT,
        /** Nothing comes through, in either direction, and nobody is told. */
        SILENT
    }

    private final ServerSocket server = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile Fault fault = Fault.NONE;

    /** @param target port of the program */
    FaultProxy(int target) throws IOException {
        this.target = target;
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    void fault(Fault now) {
        fault = now;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                Socket program = new Socket(InetAddress.getLoopbackAddress(), target);
                open.add(client);
                open.add(program);
                Thread.ofVirtual().start(() -> pump(client, program, false));
                Thread.ofVirtual().start(() -> pump(program, client, true));
            }
        } catch (IOException e) {
            // the proxy is closed, or the program is
        }
    }

    private void pump(Socket from, Socket to, boolean faulty) {
        byte[] buffer = new byte[4_096];
        int said = 0;
        try (from; to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
                awaitSound();
                if (!faulty) {
                    out.write(buffer, 0, count);
                } else if (!pass(buffer, count, out, said)) {
                    to.setSoLinger(fault == Fault.RESET, 0);
                    return;
                }
                said += count;
            }
        } catch (IOException e) {
            // one side is gone, and with it the other
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    private void awaitSound() throws InterruptedException {
        while (fault == Fault.SILENT) {
            Thread.sleep(20);
        }
    }

    /** Gives whether the connection goes on. */
    private boolean pass(byte[] buffer, int count, OutputStream out, int said) throws IOException, InterruptedException {
        switch (fault) {
            case SLICED -> {
                for (int i = 0; i < count; i++) {
                    out.write(buffer, i, 1);
                    out.flush();
                }
            }
            case LATE -> {
                Thread.sleep(300);
                out.write(buffer, 0, count);
            }
            case SLOW -> {
                Thread.sleep(count / 8);
                out.write(buffer, 0, count);
            }
            case RESET, CUT -> {
                if (said + count > ENOUGH) {
                    return false;
                }
                out.write(buffer, 0, count);
            }
            case NONE, SILENT -> out.write(buffer, 0, count);
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        fault = Fault.NONE;
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
