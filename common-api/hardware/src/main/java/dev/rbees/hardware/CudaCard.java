package dev.rbees.hardware;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * The card that a program means by a number of CUDA's, asked for its memory again and again. CUDA counts only the cards of
 * {@code CUDA_VISIBLE_DEVICES}; with {@code CUDA_DEVICE_ORDER=PCI_BUS_ID} it counts as the management library does.
 */
public final class CudaCard {

    private final String library;
    private final int number;
    private final String visible;
    @GuardedBy("this")
    private @Nullable Nvml nvml;

    /** @param number of the card as CUDA counts, from 0 */
    public CudaCard(int number, Map<String, String> environment) {
        this(GpuDiscovery.NVML, number, environment);
    }

    CudaCard(String library, int number, Map<String, String> environment) {
        this.library = library;
        this.number = number;
        this.visible = environment.getOrDefault("CUDA_VISIBLE_DEVICES", "").strip();
    }

    /** Bytes of its memory that are free; empty when nobody tells. */
    public OptionalLong freeBytes() {
        Optional<Long> free = open().flatMap(found -> card(found.cards()))
                .flatMap(card -> Optional.ofNullable(card.gpu().vramFreeBytes()));
        return free.isPresent() ? OptionalLong.of(free.get()) : OptionalLong.empty();
    }

    private synchronized Optional<Nvml> open() {
        if (nvml == null) {
            nvml = Nvml.open(library).orElse(null);
        }
        return Optional.ofNullable(nvml);
    }

    private Optional<NvidiaCard> card(List<NvidiaCard> cards) {
        if (visible.isEmpty()) {
            return byIndex(cards, String.valueOf(number));
        }
        String[] names = visible.split(",", -1);
        return number < names.length ? named(cards, names[number].strip()) : Optional.empty();
    }

    /** A number, or the beginning of a UUID. */
    private static Optional<NvidiaCard> named(List<NvidiaCard> cards, String name) {
        return name.startsWith("GPU-")
                ? cards.stream().filter(card -> card.uuid().startsWith(name)).findFirst()
                : byIndex(cards, name);
    }

    private static Optional<NvidiaCard> byIndex(List<NvidiaCard> cards, String index) {
        return cards.stream().filter(card -> String.valueOf(card.gpu().index()).equals(index)).findFirst();
    }
}
