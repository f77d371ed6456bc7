package dev.rbees.orchestrator.persistent;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * A sorted map that never changes: each change gives a new map, which shares all but a path with the old one. It knows the
 * rank of a key. All but walking through it takes time that grows with the logarithm of its size. A weight-balanced tree
 * (Adams 1992; the parameters are those that Hirai and Yamamoto proved in 2011).
 *
 * @param <K> keys
 * @param <V> values
 */
public final class RankedMap<K extends Comparable<? super K>, V> {

    private static final int DELTA = 3;
    private static final int GAMMA = 2;

    private final @Nullable Node<K, V> root;

    private record Node<K, V>(K key, V value, int size, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {}

    /**
     * What is at a place of the map.
     *
     * @param key the key
     * @param value its value
     */
    public record Entry<K, V>(K key, V value) {}

    private RankedMap(@Nullable Node<K, V> root) {
        this.root = root;
    }

    public static <K extends Comparable<? super K>, V> RankedMap<K, V> empty() {
        return new RankedMap<>(null);
    }

    public int size() {
        return size(root);
    }

    public boolean isEmpty() {
        return root == null;
    }

    public Optional<V> get(K key) {
        Node<K, V> node = root;
        while (node != null) {
            int order = key.compareTo(node.key);
            if (order == 0) {
                return Optional.of(node.value);
            }
            node = order < 0 ? node.left : node.right;
        }
        return Optional.empty();
    }

    /** The least key, with its value. */
    public Optional<Entry<K, V>> first() {
        return root == null ? Optional.empty() : Optional.of(entry(least(root)));
    }

    /** The least key that is not below this one, with its value. */
    public Optional<Entry<K, V>> ceiling(K key) {
        Node<K, V> found = null;
        Node<K, V> node = root;
        while (node != null) {
            if (key.compareTo(node.key) <= 0) {
                found = node;
                node = node.left;
            } else {
                node = node.right;
            }
        }
        return found == null ? Optional.empty() : Optional.of(entry(found));
    }

    /** How many keys are below this one, which need not be there. */
    public int rank(K key) {
        int below = 0;
        Node<K, V> node = root;
        while (node != null) {
            if (key.compareTo(node.key) <= 0) {
                node = node.left;
            } else {
                below += size(node.left) + 1;
                node = node.right;
            }
        }
        return below;
    }

    /** The same map with this entry, in place of one with an equal key. */
    public RankedMap<K, V> with(K key, V value) {
        return new RankedMap<>(put(root, key, value));
    }

    /** The same map without this key. */
    public RankedMap<K, V> without(K key) {
        return get(key).isPresent() ? new RankedMap<>(remove(root, key)) : this;
    }

    /** Up to {@code max} entries, the least first. */
    public List<Entry<K, V>> firstOnes(int max) {
        List<Entry<K, V>> found = new ArrayList<>(Math.min(max, size()));
        collect(root, max, found);
        return found;
    }

    /** Every value in the order of the keys. */
    public void forEach(Consumer<? super V> action) {
        walk(root, action);
    }

    private static <K, V> Entry<K, V> entry(Node<K, V> node) {
        return new Entry<>(node.key, node.value);
    }

    private static <K, V> void collect(@Nullable Node<K, V> node, int max, List<Entry<K, V>> found) {
        if (node == null || found.size() >= max) {
            return;
        }
        collect(node.left, max, found);
        if (found.size() < max) {
            found.add(entry(node));
        }
        collect(node.right, max, found);
    }

    private static <K, V> void walk(@Nullable Node<K, V> node, Consumer<? super V> action) {
        if (node != null) {
            walk(node.left, action);
            action.accept(node.value);
            walk(node.right, action);
        }
    }

    private static int size(@Nullable Node<?, ?> node) {
        return node == null ? 0 : node.size;
    }

    private static <K, V> Node<K, V> least(Node<K, V> node) {
        Node<K, V> least = node;
        while (least.left != null) {
            least = least.left;
        }
        return least;
    }

    private static <K, V> Node<K, V> node(K key, V value, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
        return new Node<>(key, value, size(left) + size(right) + 1, left, right);
    }

    private static <K extends Comparable<? super K>, V> Node<K, V> put(@Nullable Node<K, V> node, K key, V value) {
        if (node == null) {
            return node(key, value, null, null);
        }
        int order = key.compareTo(node.key);
        if (order == 0) {
            return node(key, value, node.left, node.right);
        }
        return order < 0
                ? balance(node.key, node.value, put(node.left, key, value), node.right)
                : balance(node.key, node.value, node.left, put(node.right, key, value));
    }

    private static <K extends Comparable<? super K>, V> @Nullable Node<K, V> remove(@Nullable Node<K, V> node, K key) {
        if (node == null) {
            return null;
        }
        int order = key.compareTo(node.key);
        if (order < 0) {
            return balance(node.key, node.value, remove(node.left, key), node.right);
        }
        if (order > 0) {
            return balance(node.key, node.value, node.left, remove(node.right, key));
        }
        if (node.left == null || node.right == null) {
            return node.left == null ? node.right : node.left;
        }
        Node<K, V> next = least(node.right);
        return balance(next.key, next.value, node.left, remove(node.right, next.key));
    }

    private static <K, V> Node<K, V> balance(K key, V value, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
        int l = size(left);
        int r = size(right);
        if (l + r < 2) {
            return node(key, value, left, right);
        }
        if (right != null && r > DELTA * l) {
            return rotateLeft(key, value, left, right);
        }
        if (left != null && l > DELTA * r) {
            return rotateRight(key, value, left, right);
        }
        return node(key, value, left, right);
    }

    private static <K, V> Node<K, V> rotateLeft(K key, V value, @Nullable Node<K, V> left, Node<K, V> right) {
        Node<K, V> middle = right.left;
        if (middle == null || size(middle) < GAMMA * size(right.right)) {
            return node(right.key, right.value, node(key, value, left, middle), right.right);
        }
        return node(middle.key, middle.value, node(key, value, left, middle.left),
                node(right.key, right.value, middle.right, right.right));
    }

    private static <K, V> Node<K, V> rotateRight(K key, V value, Node<K, V> left, @Nullable Node<K, V> right) {
        Node<K, V> middle = left.right;
        if (middle == null || size(middle) < GAMMA * size(left.left)) {
            return node(left.key, left.value, left.left, node(key, value, middle, right));
        }
        return node(middle.key, middle.value, node(left.key, left.value, left.left, middle.left),
                node(key, value, middle.right, right));
    }
}
