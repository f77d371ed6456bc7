package dev.rbees.service;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import reactor.netty.NettyPipeline;

/**
 * Sees what one connection waits for, and cuts it when its client lets it wait too long. It stands behind the codec, where it sees
 * whole heads, and pieces of bodies. Owned by the connection's event loop.
 */
final class ConnectionGuard extends ChannelDuplexHandler implements TimerWheel.Member {

    /** What is waited for. */
    private enum Phase {
        /** The head of a request, of which something has come, or the first one. */
        HEAD,
        /** A body. */
        BODY,
        /** We make an answer. */
        ANSWER,
        /** Another request. */
        IDLE
    }

    private final Connections connections;
    private final Channel channel;
    private Phase phase = Phase.HEAD;
    private long since = System.nanoTime();
    private long lastRead = since;
    private int unanswered;
    private boolean answering;
    private boolean decoded;
    private boolean begun;
    private long stalledSince = since;
    private int waiting;
    private long progress;

    ConnectionGuard(Connections connections, Channel channel) {
        this.connections = connections;
        this.channel = channel;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        decoded = true;
        lastRead = System.nanoTime();
        if (message instanceof HttpRequest request) {
            unanswered++;
            begun = false;
            enter(Phase.BODY);
            Throwable fault = request.decoderResult().cause();
            if (fault != null && !(fault instanceof PrematureChannelClosureException)) {
                connections.faults().malformed(channel.remoteAddress(), fault);
            }
        }
        if (message instanceof LastHttpContent && phase == Phase.BODY) {
            enter(unanswered > 0 ? Phase.ANSWER : Phase.IDLE);
        }
        context.fireChannelRead(message);
    }

    /** Also called when bytes came that are no whole message. */
    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (!decoded) {
            begun = true;
            if (phase == Phase.IDLE) {
                enter(Phase.HEAD);
            }
        }
        decoded = false;
        context.fireChannelReadComplete();
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        boolean informs = message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        if (!informs && message instanceof HttpResponse) {
            answering = true;
        }
        if (!informs && message instanceof LastHttpContent) {
            answering = false;
            unanswered = Math.max(0, unanswered - 1);
            if (phase == Phase.ANSWER && unanswered == 0) {
                enter(begun ? Phase.HEAD : Phase.IDLE);
            }
        }
        var _ = context.write(message, promise);
    }

    private void enter(Phase next) {
        phase = next;
        since = System.nanoTime();
    }

    /** Cuts the connection when its client is too slow. */
    @Override
    public void tick(long now) {
        ConnectionLimits limits = connections.limits();
        if (stalls(now) && now - stalledSince > limits.stall().toNanos()) {
            cut(Connections.Cut.STALLED);
            return;
        }
        switch (phase) {
            case HEAD -> {
                if (passed(now, since, limits.head())) {
                    cut(Connections.Cut.HEAD);
                }
            }
            case BODY -> {
                if (passed(now, since, limits.body()) || passed(now, lastRead, limits.silence())) {
                    cut(Connections.Cut.BODY);
                }
            }
            case IDLE -> {
                if (passed(now, since, limits.idle())) {
                    cut(Connections.Cut.IDLE);
                }
            }
            case ANSWER -> {}
        }
    }

    private static boolean passed(long now, long from, Duration limit) {
        return now - from > limit.toNanos();
    }

    /** Whether something waits to be taken by the client, and nothing was since the last look. */
    private boolean stalls(long now) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        if (buffer == null || buffer.isEmpty()) {
            stalledSince = now;
            return false;
        }
        int current = System.identityHashCode(buffer.current());
        if (current != waiting || buffer.currentProgress() != progress) {
            stalledSince = now;
        }
        waiting = current;
        progress = buffer.currentProgress();
        return true;
    }

    private void cut(Connections.Cut reason) {
        connections.countCut(reason);
        ChannelHandlerContext codec = channel.pipeline().context(NettyPipeline.HttpCodec);
        boolean waitsForAnswer = reason == Connections.Cut.BODY || (reason == Connections.Cut.HEAD && begun);
        if (!waitsForAnswer || answering || unanswered > 1 || codec == null) {
            var _ = channel.close();
            return;
        }
        byte[] answer = RawAnswer.tooSlow("the request was not complete in time; send it without a pause");
        // why: from before the codec, which expects an answer only to a request that was complete
        codec.writeAndFlush(Unpooled.wrappedBuffer(answer)).addListener(ChannelFutureListener.CLOSE);
        var _ = channel.eventLoop().schedule(Connections.closing(channel), 1, TimeUnit.SECONDS);
    }
}
