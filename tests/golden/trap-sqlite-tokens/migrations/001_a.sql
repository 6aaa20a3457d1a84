-- up
SELECT 0x1F, 1.5e-3, .5, 1., 1e9, x'0aFF', X'', ?1, :a, @b, $c, $d::e(f), #1;
SELECT a->b, a->>'$.c', a||b, a<<1, a>>1, a<=b, a<>b, a!=b, a==b, a=b, ~a, -a+b*c/d%e&f|g, é$1;
-- down
SELECT 2;
