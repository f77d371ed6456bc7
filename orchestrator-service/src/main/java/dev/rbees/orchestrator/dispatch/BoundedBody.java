package dev.rbees.orchestrator.dispatch;

import java.io.ByteArrayOutputStream;

import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;

/** Reads a whole answer of a worker, as long as it is no longer than it may be. */
final class BoundedBody {

    private BoundedBody() {}

    /** The answer; one of more than so many bytes breaks a rule, and its connection is closed. */
    static Mono<byte[]> read(ByteBufFlux content, int most) {
        return content.asByteArray().collect(ByteArrayOutputStream::new, (all, bytes) -> {
            if (bytes.length > most - all.size()) {
                throw new BrokenRule("an answer of more than " + most + " bytes");
            }
            all.write(bytes, 0, bytes.length);
        }).map(ByteArrayOutputStream::toByteArray);
    }
}
