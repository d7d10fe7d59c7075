"""Losses whose gradients are made wrong, with the gradient of each as a person would write it.

>>> name, loss, wrt, shapes, gradient = QUESTIONS[0]
>>> name, gradient
('book-u', '2 * W.T @ (W @ u - v)')
"""

# What rows have in common, and below it: id | loss | variable | shapes | gradient
FAMILIES = {
    family: [tuple(row.split(" | ")) for row in rows]
    for family, *rows in map(
        str.splitlines,
        r"""
this book's loss, and batches of it
book-u | np.linalg.norm(W @ u - v)**2 | u | W:m,n; u:n,1; v:m,1 | 2 * W.T @ (W @ u - v)
book-v | np.linalg.norm(W @ u - v)**2 | v | W:m,n; u:n,1; v:m,1 | -2 * (W @ u - v)
book-W | np.linalg.norm(W @ u - v)**2 | W | W:m,n; u:n,1; v:m,1 | 2 * (W @ u - v) @ u.T
half | 0.5 * np.sum((v - W @ u)**2) | u | W:m,n; u:n,1; v:m,1 | -W.T @ (v - W @ u)
batch | np.sum((W @ U - V)**2) / N | W | W:m,n; U:n,N; V:m,N | 2 / N * (W @ U - V) @ U.T
two-layers | np.linalg.norm(B @ A @ x - y)**2 | A | B:k,m; A:m,n; x:n,1; y:k,1 | 2 * B.T @ (B @ A @ x - y) @ x.T
embed-E | np.sum((W @ E @ x - y)**2) | E | W:k,m; E:m,n; x:n,1; y:k,1 | 2 * W.T @ (W @ E @ x - y) @ x.T
norm | np.linalg.norm(W @ u - v) | u | W:m,n; u:n,1; v:m,1 | W.T @ (W @ u - v) / np.linalg.norm(W @ u - v)
norm-cubed | np.linalg.norm(W @ u - v)**3 | u | W:m,n; u:n,1; v:m,1 | 3 * np.linalg.norm(W @ u - v) * W.T @ (W @ u - v)
frobenius | np.linalg.norm(A @ X @ B - C)**2 | X | A:k,m; X:m,n; B:n,p; C:k,p | 2 * A.T @ (A @ X @ B - C) @ B.T
frob-norm | np.linalg.norm(A @ X - B) | X | A:k,m; X:m,n; B:k,n | A.T @ (A @ X - B) / np.linalg.norm(A @ X - B)

least squares, weighted, with penalties
least-squares | np.sum((X @ w - y)**2) | w | X:m,n; w:n; y:m | 2 * X.T @ (X @ w - y)
mean-squares | np.mean((X @ w - y)**2) | w | X:m,n; w:n,1; y:m,1 | 2 / m * X.T @ (X @ w - y)
bias | np.sum((X @ w + b - y)**2) | b | X:m,n; w:n; y:m; b: | 2 * np.sum(X @ w + b - y)
many-outputs | np.linalg.norm(X @ W - Y)**2 | W | X:m,n; W:n,k; Y:m,k | 2 * X.T @ (X @ W - Y)
batch-mse | np.mean((X @ W - Y)**2) | W | X:m,n; W:n,k; Y:m,k | 2 / (m * k) * X.T @ (X @ W - Y)
batch-bias | np.sum((X @ W + np.ones((m, 1)) @ b - Y)**2) / m | b | X:m,n; W:n,k; b:1,k; Y:m,k | 2 / m * np.ones((m, 1)).T @ (X @ W + np.ones((m, 1)) @ b - Y)
batch-X | np.sum((X @ W - Y)**2) / m | X | X:m,n; W:n,k; Y:m,k | 2 / m * (X @ W - Y) @ W.T
weighted | np.sum(c * (X @ w - y)**2) | w | X:m,n; w:n; y:m; c:m | 2 * X.T @ (c * (X @ w - y))
weighted-S | (y - X @ w).T @ S @ (y - X @ w) | w | X:m,n; w:n,1; y:m,1; S:m,m | -X.T @ (S + S.T) @ (y - X @ w)
diag-weights | 0.5 * (X @ w - y).T @ np.diag(c) @ (X @ w - y) | w | X:m,n; w:n,1; y:m,1; c:m | X.T @ np.diag(c) @ (X @ w - y)
ridge | np.sum((X @ w - y)**2) + lam * np.sum(w**2) | w | X:m,n; w:n; y:m; lam: | 2 * X.T @ (X @ w - y) + 2 * lam * w
ridge-W | np.linalg.norm(X @ W - Y)**2 + lam * np.linalg.norm(W)**2 | W | X:m,n; W:n,k; Y:m,k; lam: | 2 * X.T @ (X @ W - Y) + 2 * lam * W
tikhonov | np.linalg.norm(X @ w - y)**2 + lam * np.linalg.norm(L @ w)**2 | w | X:m,n; w:n,1; y:m,1; L:k,n; lam: | 2 * X.T @ (X @ w - y) + 2 * lam * L.T @ L @ w
lasso | 0.5 * np.linalg.norm(X @ w - y)**2 + lam * np.sum(np.abs(w)) | w | X:m,n; w:n,1; y:m,1; lam: | X.T @ (X @ w - y) + lam * np.sign(w)

logistic regression and its like
logistic | np.sum(np.log(1 + np.exp(X @ w))) - y @ (X @ w) | w | X:m,n; w:n; y:m | X.T @ (sigmoid(X @ w) - y)
binary-ce | -np.sum(y * np.log(sigmoid(X @ w)) + (1 - y) * np.log(1 - sigmoid(X @ w))) | w | X:m,n; w:n,1; y:m,1 | X.T @ (sigmoid(X @ w) - y)
one-logistic | np.log(1 + np.exp(-t * w.T @ x)) | w | w:n,1; x:n,1; t: | -t * sigmoid(-t * w.T @ x) * x
logistic-mean | np.mean(np.log(1 + np.exp(X @ w)) - y * (X @ w)) | w | X:m,n; w:n; y:m | X.T @ (sigmoid(X @ w) - y) / m
logistic-ridge | np.sum(np.log(1 + np.exp(X @ w)) - y * (X @ w)) + lam / 2 * np.sum(w**2) | w | X:m,n; w:n,1; y:m,1; lam: | X.T @ (sigmoid(X @ w) - y) + lam * w
poisson | np.sum(np.exp(X @ w) - y * (X @ w)) | w | X:m,n; w:n; y:m | X.T @ (np.exp(X @ w) - y)
skip-gram | -np.log(sigmoid(u.T @ v)) | u | u:n,1; v:n,1 | -(1 - sigmoid(u.T @ v)) * v

softmax and log-sum-exp
softmax-z | -y.T @ np.log(softmax(z)) | z | y:k,1; z:k,1 | np.sum(y) * softmax(z) - y
softmax-W | np.log(np.sum(np.exp(W @ x))) - y.T @ W @ x | W | W:k,n; x:n,1; y:k,1 | (softmax(W @ x) - y) @ x.T
softmax-batch | np.sum(np.log(np.sum(np.exp(X @ W), axis=1))) - np.sum(Y * (X @ W)) | W | X:m,n; W:n,k; Y:m,k | X.T @ (softmax(X @ W, axis=1) - Y)
log-sum-exp | np.log(np.sum(np.exp(A @ x + b))) | x | A:m,n; x:n,1; b:m,1 | A.T @ softmax(A @ x + b)

determinants and Gaussian likelihoods
logdet | np.log(np.linalg.det(X.T @ X)) | X | X:m,n | 2 * X @ np.linalg.inv(X.T @ X)
logdet-S | np.log(np.linalg.det(S)) | S | S:n,n | np.linalg.inv(S).T
logdet-gram | np.log(np.linalg.det(A @ X @ A.T)) | X | A:k,n; X:n,n | A.T @ np.linalg.inv(A @ X @ A.T).T @ A
gauss-P | 0.5 * d.T @ P @ d - 0.5 * np.log(np.linalg.det(P)) | P | d:n,1; P:n,n | 0.5 * d @ d.T - 0.5 * np.linalg.inv(P).T
gauss-S | 0.5 * d.T @ np.linalg.inv(S) @ d + 0.5 * np.log(np.linalg.det(S)) | S | d:n,1; S:n,n | 0.5 * np.linalg.inv(S).T - 0.5 * np.linalg.inv(S).T @ d @ d.T @ np.linalg.inv(S).T
gauss-mu | 0.5 * (x - mu).T @ P @ (x - mu) | mu | x:n,1; mu:n,1; P:n,n | -0.5 * (P + P.T) @ (x - mu)
gauss-sum | 0.5 * np.trace((X - M).T @ P @ (X - M)) | P | X:n,N; M:n,N; P:n,n | 0.5 * (X - M) @ (X - M).T

quadratic and bilinear forms, traces
quadratic | x.T @ A @ x | x | A:n,n; x:n,1 | (A + A.T) @ x
quadratic-b | 0.5 * x @ A @ x - b @ x | x | A:n,n; x:n; b:n | 0.5 * (A + A.T) @ x - b
rayleigh | (x.T @ A @ x) / (x.T @ x) | x | A:n,n; x:n,1 | (A + A.T) @ x / (x.T @ x) - 2 * (x.T @ A @ x) * x / (x.T @ x)**2
bilinear | a.T @ X @ b | X | a:m,1; X:m,n; b:n,1 | a @ b.T
bilinear-b | a.T @ X @ b | b | a:m,1; X:m,n; b:n,1 | X.T @ a
trace | np.trace(A @ X @ B) | X | A:k,m; X:m,n; B:n,k | A.T @ B.T
trace-2 | np.trace(X.T @ B @ X) | X | X:m,n; B:m,m | (B + B.T) @ X
trace-inv | np.trace(np.linalg.inv(X) @ A) | X | X:n,n; A:n,n | -(np.linalg.inv(X) @ A @ np.linalg.inv(X)).T
trace-quad | np.trace(X @ A @ X.T @ B) | X | X:m,n; A:n,n; B:m,m | B @ X @ A + B.T @ X @ A.T

factorisations, embeddings
factors | np.linalg.norm(R - A @ B.T)**2 | A | R:m,n; A:m,k; B:n,k | -2 * (R - A @ B.T) @ B
nmf | 0.5 * np.linalg.norm(V - W @ H)**2 | H | V:m,n; W:m,k; H:k,n | -W.T @ (V - W @ H)
mask | np.sum(M * (R - A @ B.T)**2) + lam * np.sum(A**2) | A | M:m,n; R:m,n; A:m,k; B:n,k; lam: | -2 * (M * (R - A @ B.T)) @ B + 2 * lam * A
mask-B | np.sum(M * (R - A @ B.T)**2) + lam * np.sum(B**2) | B | M:m,n; R:m,n; A:m,k; B:n,k; lam: | -2 * (M * (R - A @ B.T)).T @ A + 2 * lam * B
embed | np.sum((A - u @ v.T)**2) | u | A:m,n; u:m,1; v:n,1 | -2 * (A - u @ v.T) @ v

layers
tanh | np.sum((np.tanh(W @ x) - y)**2) | W | W:m,n; x:n,1; y:m,1 | (2 * (np.tanh(W @ x) - y) * (1 - np.tanh(W @ x)**2)) @ x.T
tanh-two | np.sum((B @ np.tanh(A @ x) - y)**2) | A | A:m,n; B:k,m; x:n,1; y:k,1 | (2 * B.T @ (B @ np.tanh(A @ x) - y) * (1 - np.tanh(A @ x)**2)) @ x.T
tanh-two-B | np.sum((B @ np.tanh(A @ x) - y)**2) | B | A:m,n; B:k,m; x:n,1; y:k,1 | 2 * (B @ np.tanh(A @ x) - y) @ np.tanh(A @ x).T
relu-two | 0.5 * np.sum((B @ np.maximum(A @ x, 0) - y)**2) | A | A:m,n; B:k,m; x:n,1; y:k,1 | (B.T @ (B @ np.maximum(A @ x, 0) - y) * (A @ x > 0)) @ x.T
relu-batch | np.mean((np.maximum(X @ A, 0) @ b - y)**2) | b | X:m,n; A:n,k; b:k,1; y:m,1 | 2 / m * np.maximum(X @ A, 0).T @ (np.maximum(X @ A, 0) @ b - y)
sigmoid-two | 0.5 * np.sum((sigmoid(W @ x + b) - y)**2) | b | W:m,n; x:n,1; b:m,1; y:m,1 | (sigmoid(W @ x + b) - y) * sigmoid(W @ x + b) * (1 - sigmoid(W @ x + b))

robust losses and norms
hinge | np.sum(np.maximum(0, 1 - y * (X @ w))) | w | X:m,n; w:n; y:m | -X.T @ (y * (y * (X @ w) < 1))
hinge-ridge | lam / 2 * np.sum(w**2) + np.sum(np.maximum(0, 1 - y * (X @ w))) | w | X:m,n; w:n,1; y:m,1; lam: | lam * w - X.T @ (y * (1 - y * (X @ w) > 0))
hinge-squared | np.sum(np.maximum(0, 1 - y * (X @ w))**2) | w | X:m,n; w:n,1; y:m,1 | -2 * X.T @ (y * np.maximum(0, 1 - y * (X @ w)))
huber | np.sum(np.where(np.abs(X @ w - y) <= 1, 0.5 * (X @ w - y)**2, np.abs(X @ w - y) - 0.5)) | w | X:m,n; w:n,1; y:m,1 | X.T @ np.clip(X @ w - y, -1, 1)
pseudo-huber | np.sum(np.sqrt(1 + (X @ w - y)**2)) | w | X:m,n; w:n,1; y:m,1 | X.T @ ((X @ w - y) / np.sqrt(1 + (X @ w - y)**2))
absolute | np.sum(np.abs(X @ w - y)) | w | X:m,n; w:n,1; y:m,1 | X.T @ np.sign(X @ w - y)
norm-x | np.linalg.norm(x - a) | x | x:n,1; a:n,1 | (x - a) / np.linalg.norm(x - a)
cosine | a.T @ b / (np.linalg.norm(a) * np.linalg.norm(b)) | a | a:n,1; b:n,1 | b / (np.linalg.norm(a) * np.linalg.norm(b)) - a.T @ b * a / (np.linalg.norm(a)**3 * np.linalg.norm(b))
""".strip().split("\n\n"),  # noqa: E501, a row is a line
    )
}
QUESTIONS = [row for rows in FAMILIES.values() for row in rows]
