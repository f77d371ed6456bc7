package dev.rbees.orchestrator.dispatch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.rbees.api.task.TaskEvent;

import static org.assertj.core.api.Assertions.assertThat;

/** Keeps what it hears, as texts, and on which threads. */
final class RecordingListener implements AttemptListener {

    final List<String> heard = Collections.synchronizedList(new ArrayList<>());
    final List<String> threads = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch ended = new CountDownLatch(1);

    private void add(String what) {
        threads.add(Thread.currentThread().getName());
        heard.add(what);
    }

    @Override
    public void started(TaskEvent.Started event) {
        add("started " + event.jobId() + " " + event.seed().value());
    }

    @Override
    public void said(TaskEvent event) {
        add(event.toJson());
    }

    @Override
    public void ended(AttemptEnd end) {
        add(switch (end) {
            case AttemptEnd.Complete complete -> complete.end().toJson();
            case AttemptEnd.Broken broken -> broken.code() + ": " + broken.message();
        });
        ended.countDown();
    }

    /** The last word, once it is there. */
    String end() throws InterruptedException {
        assertThat(ended.await(30, TimeUnit.SECONDS)).as("the end of the attempt, after %s", heard.size()).isTrue();
        return heard.getLast();
    }

    long ends() {
        return heard.stream().filter(what -> what.startsWith("{\"type\":\"end\"") || what.matches("(?s)[A-Z_]+: .*"))
                .count();
    }
}
