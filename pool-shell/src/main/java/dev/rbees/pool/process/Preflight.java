package dev.rbees.pool.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.pool.ModelEntry;
import dev.rbees.api.pool.PoolStatus;
import dev.rbees.api.worker.Backend;
import dev.rbees.home.RbeesHome;
import dev.rbees.shell.render.Amounts;

/**
 * What is looked at before a worker is started, so that what cannot work is told at once and in one line. Only what is surely
 * missing is refused here; the worker plans its memory exactly.
 */
public final class Preflight {

    /** Memory of a worker beside its weights and its cache, in bytes. */
    private static final long HEAD_ROOM = 400_000_000;

    private final RbeesHome home;
    private final Supplier<PoolStatus.Memory> memory;
    private final Function<Path, PoolStatus.Disk> disk;
    private final Supplier<List<PoolStatus.Gpu>> gpus;

    /**
     * @param memory the machine's main memory now
     * @param disk the file system that holds a folder, now
     * @param gpus the machine's graphics devices now
     */
    public Preflight(RbeesHome home, Supplier<PoolStatus.Memory> memory, Function<Path, PoolStatus.Disk> disk,
            Supplier<List<PoolStatus.Gpu>> gpus) {
        this.home = home;
        this.memory = memory;
        this.disk = disk;
        this.gpus = gpus;
    }

    /**
     * Looks at the card, the memory and the disk.
     *
     * @param smaller models that may be taken in place of one that is too large
     * @throws RbeesException INSUFFICIENT_VRAM, STORAGE_UNAVAILABLE or WORKER_START_FAILED when the worker could not work
     */
    void check(SpawnRequest wanted, ModelEntry model, List<ModelEntry> smaller) {
        if (wanted.backend() == Backend.CUDA) {
            checkCard(wanted.gpuDevice().orElse(0), model, smaller);
        } else {
            checkRoom("memory", model, memory.get().availableBytes(), smaller);
        }
        checkDisk(model);
    }

    private void checkCard(int number, ModelEntry model, List<ModelEntry> smaller) {
        List<PoolStatus.Gpu> cards = gpus.get();
        PoolStatus.Gpu card = cards.stream().filter(each -> each.index() == number).findFirst()
                .orElseThrow(() -> new RbeesException(ErrorCode.WORKER_START_FAILED, cards.isEmpty()
                        ? "backend cuda needs an NVIDIA card and its driver, and this machine shows none; "
                                + "'rbees-pool doctor' says what is missing, and backend cpu works everywhere"
                        : "there is no card number " + number + "; there are: " + cards.stream()
                                .map(each -> each.index() + " (" + each.name() + ")").collect(Collectors.joining(", "))));
        Long free = card.vramFreeBytes();
        // why: where nobody tells, the worker finds out
        if (free != null) {
            checkRoom("memory of card " + number, model, free, smaller);
        }
    }

    private static void checkRoom(String where, ModelEntry model, long free, List<ModelEntry> smaller) {
        long needed = model.sizeBytes() + HEAD_ROOM;
        if (needed > free) {
            String instead = smaller.stream().filter(other -> other.sizeBytes() > 0 && other.sizeBytes() + HEAD_ROOM <= free)
                    .sorted((a, b) -> Long.compare(b.sizeBytes(), a.sizeBytes())).limit(3)
                    .map(other -> other.id() + " (" + Amounts.bytes(other.sizeBytes()) + ")")
                    .collect(Collectors.joining(", "));
            throw new RbeesException(ErrorCode.INSUFFICIENT_VRAM, "model '" + model.id() + "' needs at least "
                    + Amounts.bytes(needed) + " of " + where + " (" + Amounts.bytes(model.sizeBytes()) + " of weights, "
                    + Amounts.bytes(HEAD_ROOM) + " beside them and some for each context), and " + Amounts.bytes(free)
                    + " is free; "
                    + (instead.isEmpty()
                            ? "stop something that takes it"
                            : "stop something that takes it, or run a smaller model: " + instead));
        }
    }

    /** why: a model is imported once, which takes about its size again; a graph runs as it is. */
    private void checkDisk(ModelEntry model) {
        if (model.format().equals("onnx") || Optional.ofNullable(model.sha256()).map(home::cache).filter(Files::exists)
                .isPresent()) {
            return;
        }
        long free = disk.apply(home.root()).freeBytes();
        if (free < model.sizeBytes()) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE,
                    "the first start of model '" + model.id() + "' writes about "
                            + Amounts.bytes(model.sizeBytes()) + " to " + home.cacheRoot() + ", and " + Amounts.bytes(free)
                            + " is free; 'rbees-pool models disk-usage' shows what can be deleted");
        }
    }
}
