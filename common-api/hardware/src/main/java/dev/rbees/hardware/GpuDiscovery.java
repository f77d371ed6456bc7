package dev.rbees.hardware;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import dev.rbees.api.pool.PoolStatus.Gpu;

/** Finds the graphics cards of this machine. */
public final class GpuDiscovery {

    /** Name of NVIDIA's management library for the loader of Linux. */
    public static final String NVML = "libnvidia-ml.so.1";

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final String library;
    private final Map<String, String> environment;
    private final boolean mac;

    /** @param environment in which programs are looked for */
    public GpuDiscovery(Map<String, String> environment) {
        this(NVML, environment, System.getProperty("os.name", "").startsWith("Mac"));
    }

    GpuDiscovery(String library, Map<String, String> environment, boolean mac) {
        this.library = library;
        this.environment = environment;
        this.mac = mac;
    }

    /** Every card, by its number; none is a valid answer. Takes at most five seconds, also when a driver hangs. */
    public List<Gpu> find() {
        if (mac) {
            return new AppleGpus(environment).cards();
        }
        List<NvidiaCard> cards = withinLimit(this::nvidiaCards, List.of());
        return cards.stream().map(NvidiaCard::gpu).toList();
    }

    /** Version of NVIDIA's driver; empty when there is none that works. Takes as long. */
    public Optional<String> nvidiaDriver() {
        return mac ? Optional.empty() : withinLimit(this::driverVersion, Optional.empty());
    }

    private List<NvidiaCard> nvidiaCards() {
        return Nvml.open(library).map(Nvml::cards).orElseGet(() -> new NvidiaSmi(environment).cards());
    }

    private Optional<String> driverVersion() {
        return Nvml.open(library).flatMap(Nvml::driverVersion)
                .or(() -> Optional.of(new NvidiaSmi(environment).driverVersion()).filter(text -> !text.isEmpty()));
    }

    /** why: a broken driver can hold a call for ever, and no signal ends it; the thread is left behind. */
    private static <T> T withinLimit(Supplier<T> question, T late) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("nvml").start(() -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException _) {
            return late;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return late;
        }
    }
}
