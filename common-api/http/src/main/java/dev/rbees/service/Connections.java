package dev.rbees.service;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

import dev.rbees.api.error.ErrorCode;

/**
 * The connections of a program: as many as {@link ConnectionLimits} allows, each watched for clients that are too slow. Used by
 * every event loop; what is counted is safe for all threads.
 */
public final class Connections {

    /** Why a connection was cut, or not taken at all. */
    public enum Cut {
        /** The head of a request was not complete in time, or none came after connecting. */
        HEAD,
        /** The body of a request was not complete in time, or came too slowly. */
        BODY,
        /** Nothing was asked for a long time. */
        IDLE,
        /** The client took nothing of its answer. */
        STALLED,
        /** There are too many in all. */
        TOO_MANY,
        /** There are too many from there. */
        TOO_MANY_OF_PEER
    }

    private static final Duration LONGEST_BEAT = Duration.ofSeconds(1);

    private final ConnectionLimits limits;
    private final ClientFaults faults;
    private final AtomicInteger open = new AtomicInteger();
    private final Map<Peer, Integer> peers = new ConcurrentHashMap<>();
    private final TimerWheels wheels;
    private final Map<Cut, LongAdder> cut = new EnumMap<>(Cut.class);

    /** Who counts as one: equal for all addresses of one network that one machine has for itself. */
    private record Peer(String network) {
        static Peer of(InetAddress address) {
            byte[] bytes = address.getAddress();
            return new Peer(Arrays.toString(bytes.length == 4 ? bytes : Arrays.copyOf(bytes, 8)));
        }
    }

    Connections(ConnectionLimits limits, ClientFaults faults) {
        this.limits = limits;
        this.faults = faults;
        this.wheels = new TimerWheels(beat(limits));
        for (Cut reason : Cut.values()) {
            cut.put(reason, new LongAdder());
        }
    }

    /** That are open now. */
    public int open() {
        return open.get();
    }

    /** How many were cut for this reason. */
    public long cut(Cut reason) {
        return Objects.requireNonNull(cut.get(reason)).sum();
    }

    /** Within what they are kept. */
    ConnectionLimits limits() {
        return limits;
    }

    ClientFaults faults() {
        return faults;
    }

    void countCut(Cut reason) {
        Objects.requireNonNull(cut.get(reason)).increment();
    }

    /** Takes a new connection in, or refuses it. On its event loop, while its pipeline is made. */
    void accept(Channel channel, @Nullable SocketAddress remote) {
        InetAddress address = remote instanceof InetSocketAddress internet ? internet.getAddress() : null;
        Peer peer = address == null || address.isLoopbackAddress() ? null : Peer.of(address);
        Cut reason = enter(peer);
        if (reason != null) {
            countCut(reason);
            channel.pipeline().addFirst(new Refused(reason));
            return;
        }
        channel.closeFuture().addListener(_ -> leave(peer));
        ConnectionGuard guard = new ConnectionGuard(this, channel);
        channel.pipeline().addAfter(NettyPipeline.HttpCodec, "rbees.guard", guard);
        TimerWheel wheel = wheels.of(channel.eventLoop());
        wheel.add(guard);
        channel.closeFuture().addListener(_ -> wheel.remove(guard));
    }

    private static Duration beat(ConnectionLimits limits) {
        Duration shortest = limits.head().compareTo(limits.silence()) < 0 ? limits.head() : limits.silence();
        return Duration.ofMillis(Math.clamp(shortest.toMillis() / 4, 1, LONGEST_BEAT.toMillis()));
    }

    private @Nullable Cut enter(@Nullable Peer peer) {
        if (open.incrementAndGet() > limits.most()) {
            open.decrementAndGet();
            return Cut.TOO_MANY;
        }
        if (peer != null && peers.merge(peer, 1, Integer::sum) > limits.mostPerPeer()) {
            leave(peer);
            return Cut.TOO_MANY_OF_PEER;
        }
        return null;
    }

    private void leave(@Nullable Peer peer) {
        open.decrementAndGet();
        if (peer != null) {
            peers.computeIfPresent(peer, (_, count) -> count == 1 ? null : count - 1);
        }
    }

    static Runnable closing(Channel channel) {
        return () -> {
            var _ = channel.close();
        };
    }

    /** Says why, where that can be said in the clear, and closes. */
    private static final class Refused extends ChannelInboundHandlerAdapter {
        private final Cut reason;

        Refused(Cut reason) {
            this.reason = reason;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            if (context.pipeline().get(SslHandler.class) != null) {
                var _ = context.close();
                return;
            }
            byte[] answer = RawAnswer.of(ErrorCode.OVERLOADED, reason == Cut.TOO_MANY
                    ? "too many connections are open; close some, try again later, or raise --connections"
                    : "too many connections are open from your address; close some, or raise --connections-per-peer");
            context.writeAndFlush(Unpooled.wrappedBuffer(answer)).addListener(ChannelFutureListener.CLOSE);
            // why: one that does not take even this must not stay
            var _ = context.executor().schedule(closing(context.channel()), 1, TimeUnit.SECONDS);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
        }
    }
}
