package dev.rbees.orchestrator.store;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/** A database whose connection for writing breaks when a test wants it to. */
final class FaultyDatabase implements Database {

    /** What becomes of the next commit. */
    enum Commit {
        /** It happens. */
        GOOD,
        /** It happens, but the connection breaks before the answer. */
        ANSWER_LOST,
        /** The same, and the database does not answer any more until a test says so. */
        ANSWER_LOST_FOR_LONG,
        /** The connection breaks before it happens. */
        REQUEST_LOST
    }

    private final Database real;
    volatile boolean away;
    volatile Commit next = Commit.GOOD;
    private volatile boolean broken;

    FaultyDatabase(Database real) {
        this.real = real;
    }

    @Override
    public Connection connect() {
        return real.connect();
    }

    @Override
    public Connection connectWriter() {
        if (away) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "away");
        }
        broken = false;
        Connection connection = real.connectWriter();
        return (Connection) proxy(Connection.class, connection);
    }

    @Override
    public boolean shrink(Statements statements) throws java.sql.SQLException {
        return real.shrink(statements);
    }

    @Override
    public void scrub() throws java.sql.SQLException {
        real.scrub();
    }

    private Object proxy(Class<?> type, Object target) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
                (_, method, arguments) -> call(target, method, arguments == null ? new Object[0] : arguments));
    }

    private Object call(Object target, Method method, Object[] arguments) throws Throwable {
        String name = method.getName();
        if (name.equals("isValid")) {
            return !away && !broken;
        }
        if (name.equals("close")) {
            return invoke(target, method, arguments);
        }
        requireAlive();
        if (name.equals("execute") && arguments.length == 1 && "COMMIT".equals(arguments[0])) {
            return commit(target, method, arguments);
        }
        Object result = invoke(target, method, arguments);
        return name.equals("createStatement") ? proxy(Statement.class, result) : result;
    }

    private Object commit(Object target, Method method, Object[] arguments) throws Throwable {
        Commit now = next;
        next = Commit.GOOD;
        if (now == Commit.REQUEST_LOST) {
            ((Statement) target).execute("ROLLBACK");
        } else {
            invoke(target, method, arguments);
        }
        broken = now != Commit.GOOD;
        away = now == Commit.ANSWER_LOST_FOR_LONG;
        requireAlive();
        return false;
    }

    private void requireAlive() throws SQLException {
        if (away || broken) {
            throw new SQLException("the connection is broken", "08006");
        }
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    @Override
    public void begin(Statement statement, boolean forced) throws SQLException {
        requireAlive();
        real.begin(statement, forced);
    }

    @Override
    public boolean refused(SQLException failure) {
        return real.refused(failure);
    }
}
