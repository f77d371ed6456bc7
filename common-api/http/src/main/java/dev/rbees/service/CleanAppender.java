package dev.rbees.service;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.spi.AppenderAttachable;
import ch.qos.logback.core.spi.AppenderAttachableImpl;

/**
 * The one way into the log. Whatever a line says, its text is one line without control characters, and of bounded length, because
 * clients and libraries have a hand in it. Of one logger's warnings and errors only so many a minute are written, the others counted;
 * and where the log goes to a file of ours, the file does not grow without end. One thread at a time is inside.
 */
public final class CleanAppender extends AppenderBase<ILoggingEvent> implements AppenderAttachable<ILoggingEvent> {

    private static final int MOST_A_MINUTE = 60;
    private static final int MOST_LOGGERS = 1_000;
    private static final int LINES_BETWEEN_LOOKS = 200;

    private final AppenderAttachableImpl<ILoggingEvent> behind = new AppenderAttachableImpl<>();
    private final Map<String, Minute> minutes = new LinkedHashMap<>();
    private final Optional<LogFile> file = LogFile.behindStderr();
    private int lines;

    /** What one logger has written in the minute that began then. */
    private static final class Minute {
        private final long since;
        private int count;

        Minute(long since) {
            this.since = since;
        }
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (file.isPresent() && lines++ % LINES_BETWEEN_LOOKS == 0) {
            file.get().bound();
        }
        if (event.getLevel().isGreaterOrEqual(Level.WARN) && isTooMuch(event)) {
            return;
        }
        behind.appendLoopOnAppenders(CleanEvent.of(event));
    }

    private boolean isTooMuch(ILoggingEvent event) {
        String logger = event.getLoggerName();
        Minute minute = minutes.get(logger);
        if (minute == null || event.getTimeStamp() - minute.since >= Duration.ofMinutes(1).toMillis()) {
            if (minute != null && minute.count > MOST_A_MINUTE) {
                tellOf(minute.count - MOST_A_MINUTE, event);
            }
            if (minutes.size() >= MOST_LOGGERS) {
                minutes.clear();
            }
            minute = new Minute(event.getTimeStamp());
            minutes.put(logger, minute);
        }
        return ++minute.count > MOST_A_MINUTE;
    }

    private void tellOf(int left, ILoggingEvent event) {
        LoggingEvent told = new LoggingEvent();
        told.setLoggerContext((LoggerContext) getContext());
        told.setLoggerName(event.getLoggerName());
        told.setThreadName(event.getThreadName());
        told.setLevel(Level.WARN);
        told.setTimeStamp(event.getTimeStamp());
        told.setMDCPropertyMap(Map.of());
        told.setMessage(left + " more lines of this kind were left out in the last minute");
        behind.appendLoopOnAppenders(told);
    }

    @Override
    public void addAppender(Appender<ILoggingEvent> appender) {
        behind.addAppender(appender);
    }

    @Override
    public Iterator<Appender<ILoggingEvent>> iteratorForAppenders() {
        return behind.iteratorForAppenders();
    }

    @Override
    public Appender<ILoggingEvent> getAppender(String name) {
        return behind.getAppender(name);
    }

    @Override
    public boolean isAttached(Appender<ILoggingEvent> appender) {
        return behind.isAttached(appender);
    }

    @Override
    public void detachAndStopAllAppenders() {
        behind.detachAndStopAllAppenders();
    }

    @Override
    public boolean detachAppender(Appender<ILoggingEvent> appender) {
        return behind.detachAppender(appender);
    }

    @Override
    public boolean detachAppender(String name) {
        return behind.detachAppender(name);
    }
}
